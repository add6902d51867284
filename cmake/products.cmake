# The directories of src as object libraries, and the products that are linked from them.

set(generated ${CMAKE_BINARY_DIR}/generated)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

# One object library for each directory; a new file needs no edit here.
function(add_layer name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.c)
  add_library(layer_${name} OBJECT ${sources})
  target_include_directories(layer_${name} PRIVATE ${CMAKE_SOURCE_DIR}/src ${generated})
  target_compile_options(layer_${name} PRIVATE ${LURE_WARNINGS} ${LURE_UNALIGNED})
  target_link_libraries(layer_${name} PRIVATE lua cjson yaml)
  if(name MATCHES "^(compress|file|tls|net|http|modules)$")
    target_link_libraries(layer_${name} PRIVATE curl llhttp)
  endif()
  if(name MATCHES "^(regex|modules)$")
    target_link_libraries(layer_${name} PRIVATE pcre2)
  endif()
  if(name STREQUAL modules)
    add_dependencies(layer_${name} lpeg_files)
    target_link_libraries(layer_${name} PRIVATE lpeg)
  endif()
endfunction()
foreach(layer base time ip state file tls task net http process window text compress regex event json format modules script plugin hostconfig identity v0 v3 testhost cli)
  add_layer(${layer})
endforeach()
# Code that runs once, or rarely, is optimized for size.
foreach(layer state compress regex file tls http hostconfig identity modules script task v0 v3)
  target_compile_options(layer_${layer} PRIVATE -Os)
endforeach()
foreach(cold base/text base/libraryheap event/eventtable event/parameters event/typereaders event/parsetext
             json/cpufeatures json/cjson_integers json/cjson_nuls json/cjson_parse json/jsoncell json/pathnode json/pathtree json/jsonpointer json/pathrecipe
             plugin/batchwriter plugin/lifecycle plugin/plugin plugin/eventsource plugin/scriptswap plugin/background plugin/repeated plugin/fairlock)
  set_source_files_properties(${CMAKE_SOURCE_DIR}/src/${cold}.c PROPERTIES COMPILE_OPTIONS -Os)
endforeach()
# it reads what PCRE2 has compiled, by PCRE2's own headers
set_source_files_properties(${CMAKE_SOURCE_DIR}/src/regex/loopfreecode.c PROPERTIES COMPILE_OPTIONS
                            "-include;${CMAKE_SOURCE_DIR}/cmake/libraries/pcre2_config.h;-isystem;${LURE_PCRE2_SOURCE_DIR}/src")
foreach(hot modules/time modules/json_decode modules/json_document modules/json_eval modules/json_encode modules/json_scalar modules/textcodes modules/window regex/loopfree script/eventfilter
            script/vm v0/batch v0/entry v3/batch v3/entry v3/entry_source v3/entry_extract)
  set_source_files_properties(${CMAKE_SOURCE_DIR}/src/${hot}.c PROPERTIES COMPILE_OPTIONS -O2)
endforeach()
# What runs only for scripts that use it is left out of link-time optimization, as the foreign libraries are: the linker
# puts it behind the optimized rest, and the kernel, which maps 16 pages around each that is touched, leaves it out of
# memory. A string or a number that it shared with the rest would be among its pages. The same module's parts that are
# fast or run at each start stay with the rest; _floattidf, which lure.window needs, has numbers that Lua would share.
set(apart -fno-lto $<$<C_COMPILER_ID:GNU>:-fno-merge-constants>)
foreach(layer time ip file tls net http process window text compress regex)
  target_compile_options(layer_${layer} PRIVATE ${apart})
endforeach()
file(GLOB seldom ${CMAKE_SOURCE_DIR}/src/modules/*.c ${CMAKE_SOURCE_DIR}/src/format/*.c ${CMAKE_SOURCE_DIR}/src/state/*.c
     ${CMAKE_SOURCE_DIR}/src/hostconfig/*.c)
list(FILTER seldom EXCLUDE REGEX "/modules/(json.*|textcodes|time|window|cjson_lua|log|lure|tasks)\\.c$")
list(FILTER seldom EXCLUDE REGEX "/(format|statefolder|hostconfig|initconfig)\\.c$")
foreach(file identity/reload json/pathreason plugin/scriptswap v3/capturelistening v3/console v3/metrics v3/owntables
             v3/owntableentries v3/tablefields)
  list(APPEND seldom ${CMAKE_SOURCE_DIR}/src/${file}.c)
endforeach()
set_property(SOURCE ${seldom} APPEND PROPERTY COMPILE_OPTIONS ${apart})
set(layers layer_base layer_time layer_ip layer_state layer_file layer_tls layer_task layer_net layer_http layer_process layer_window layer_text layer_compress layer_regex layer_event layer_json layer_format layer_modules layer_script layer_plugin layer_hostconfig layer_identity)

# A plugin: all layers below one of the two plugin APIs.
function(add_plugin name api)
  add_library(${name} MODULE ${generated}/lure_lua_build.c)
  set_target_properties(${name} PROPERTIES PREFIX "")
  target_include_directories(${name} PRIVATE ${generated})
  target_link_libraries(${name} PRIVATE ${layers} layer_${api} lua cjson yaml curl llhttp pcre2 lpeg m ${CMAKE_DL_LIBS} pthread)
  # where `lure pack` puts a script
  target_link_options(${name} PRIVATE -T ${CMAKE_SOURCE_DIR}/cmake/bundle.ld)
  set_target_properties(${name} PROPERTIES LINK_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/bundle.ld)
  # -Bsymbolic: our own Lua, whatever else the process has
  target_link_options(${name} PRIVATE -Wl,-Bsymbolic -Wl,-z,relro -Wl,-z,now -Wl,--as-needed -Wl,--gc-sections)
  if(NOT LURE_SANITIZE)
    # pthread_atfork is linked into each library; it runs at each start, so in front of what does not
    target_link_options(${name} PRIVATE -Wl,-z,defs "SHELL:-Wl,-u,pthread_atfork -lc")
  endif()
endfunction()
add_plugin(liblure v3)
add_plugin(liblure-v0 v0)

# lure.host for Debian's lua5.4, and inside lure itself.
add_library(host MODULE)
set_target_properties(host PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/lua/5.4/lure)
target_link_libraries(host PRIVATE layer_testhost layer_regex layer_base cjson pcre2 ${CMAKE_DL_LIBS} pthread)

# The parts written in Lua are embedded in the program, compiled by its own Lua; where that cannot run, as text.
file(GLOB_RECURSE lua_parts CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/lua ${CMAKE_SOURCE_DIR}/lua/*.lua)
list(SORT lua_parts)
if(NOT CMAKE_CROSSCOMPILING OR CMAKE_CROSSCOMPILING_EMULATOR)
  add_executable(embed ${CMAKE_SOURCE_DIR}/cmake/embed.c)
  target_link_libraries(embed PRIVATE lua m ${CMAKE_DL_LIBS} pthread)
  set_target_properties(embed PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${generated})
  set(embedder embed)
  set(embed embed ${generated}/lure_embedded.c ${CMAKE_SOURCE_DIR}/lua lure.cli.inside ${lua_parts})
else()
  set(embedder ${CMAKE_SOURCE_DIR}/cmake/embed.cmake)
  set(embed ${CMAKE_COMMAND} -D DIRECTORY=${CMAKE_SOURCE_DIR}/lua -D OUTPUT=${generated}/lure_embedded.c
      -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake)
endif()
list(TRANSFORM lua_parts PREPEND ${CMAKE_SOURCE_DIR}/lua/ OUTPUT_VARIABLE lua_paths)
add_custom_command(
  OUTPUT ${generated}/lure_embedded.c
  COMMAND ${embed}
  DEPENDS ${lua_paths} ${embedder} # another Lua compiles to other bytes
  COMMENT "Embedding the parts written in Lua")
file(COPY_FILE ${CMAKE_SOURCE_DIR}/cmake/lure_embedded.h ${generated}/lure_embedded.h ONLY_IF_DIFFERENT)
set(lent net/endpoint file/filesource event/eventtable event/parameters) # of the layers, what the program uses
list(TRANSFORM lent PREPEND ${CMAKE_SOURCE_DIR}/src/)
list(TRANSFORM lent APPEND .c)
add_executable(lure ${generated}/lure_embedded.c ${generated}/lure_lua_build.c ${lent})
target_include_directories(lure PRIVATE ${CMAKE_SOURCE_DIR}/src ${generated})
target_link_libraries(lure PRIVATE layer_cli layer_testhost layer_regex layer_base lua cjson zlib pcre2 m ${CMAKE_DL_LIBS} pthread)
target_link_options(lure PRIVATE -Wl,--export-dynamic -Wl,-z,relro -Wl,-z,now)
