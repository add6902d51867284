# Lua, cJSON and libyaml from source: hosts bring Lua libraries of their own, and Debian's
# static ones are not position independent. script/bootstrap unpacks them into build/deps,
# with Debian's patches. Those of the network and of compression are in cmake/libraries.cmake.

set(LURE_DEPENDENCIES ${CMAKE_SOURCE_DIR}/build/deps CACHE PATH "Where script/bootstrap unpacks sources")
set(LURE_LUA_SOURCE_DIR ${LURE_DEPENDENCIES}/lua5.4/src CACHE PATH "Directory with lua.h")
set(LURE_CJSON_SOURCE_DIR ${LURE_DEPENDENCIES}/cjson CACHE PATH "Directory with cJSON.c")
set(LURE_YAML_SOURCE_DIR ${LURE_DEPENDENCIES}/libyaml CACHE PATH "Directory with include/yaml.h")

# What is compiled in: each library with the version of Debian's that cmake/sources.txt pins, or where else it is from.
set(LURE_LIBRARIES "")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/cmake/sources.txt)

function(need_source package variable file)
  set(directory ${LURE_DEPENDENCIES}/${package})
  string(FIND ${${variable}}/ ${directory}/ position)
  file(STRINGS ${CMAKE_SOURCE_DIR}/cmake/sources.txt pinned REGEX "^${package} ")
  set(unpacked "") # and behind it the pin that it stands in for, where Debian has replaced that by an update
  if(EXISTS ${directory}/.complete)
    file(STRINGS ${directory}/.complete unpacked)
  endif()
  set(stands_for "${unpacked}")
  if(unpacked)
    list(GET unpacked -1 stands_for)
    list(GET unpacked 0 unpacked)
  endif()
  if(NOT EXISTS ${${variable}}/${file})
    message(FATAL_ERROR "${${variable}}/${file} is missing: run script/bootstrap, or set ${variable}")
  elseif(NOT position EQUAL 0)
    set(library "${package} of another source")
  elseif(NOT "${package} ${stands_for}" STREQUAL pinned)
    message(FATAL_ERROR "${directory} is not the version that cmake/sources.txt pins: run script/bootstrap")
  else()
    string(REGEX REPLACE " [^ ]*$" "" library "${package} ${unpacked}")
  endif()
  set(LURE_LIBRARIES ${LURE_LIBRARIES} ${library} PARENT_SCOPE)
endfunction()
need_source(lua5.4 LURE_LUA_SOURCE_DIR lua.h)
need_source(cjson LURE_CJSON_SOURCE_DIR cJSON.c)
need_source(libyaml LURE_YAML_SOURCE_DIR include/yaml.h)

# Nothing depends on the locale of the process: src/lua/clocale.h says how.
set(LURE_LOCALE "SHELL:-include ${CMAKE_SOURCE_DIR}/src/lua/clocale.h")

include(cmake/libraries.cmake)
list(JOIN LURE_LIBRARIES ", " LURE_LIBRARIES)

# Debian's luaconf.h includes this header, which Debian's build writes.
file(CONFIGURE OUTPUT generated/lua/lua5.4-deb-multiarch.h CONTENT [[
#define DEB_HOST_MULTIARCH "@CMAKE_SYSTEM_PROCESSOR@-linux-gnu"
]] @ONLY)
set(LURE_LUA_INCLUDE_DIRS ${LURE_LUA_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated/lua)

# Paths of the sources, wherever they are, do not get into the products.
add_compile_options(-ffile-prefix-map=${LURE_LUA_SOURCE_DIR}=lua -ffile-prefix-map=${LURE_CJSON_SOURCE_DIR}=cjson
                    -ffile-prefix-map=${LURE_YAML_SOURCE_DIR}=yaml)
add_link_options(-ffile-prefix-map=${LURE_LUA_SOURCE_DIR}=lua -ffile-prefix-map=${LURE_CJSON_SOURCE_DIR}=cjson
                 -ffile-prefix-map=${LURE_YAML_SOURCE_DIR}=yaml)

# C modules find lua_* in our libraries, so these names are visible (and no others).
file(GLOB lua_sources ${LURE_LUA_SOURCE_DIR}/*.c)
list(FILTER lua_sources EXCLUDE REGEX "/(lua|luac|onelua|ltests)\\.c$")
set(lua_patched lapi lauxlib lbaselib lcode lcorolib ldebug ldo lgc liolib llex loslib lparser lstring lstrlib ltable ltm lutf8lib lvm)
file(GLOB lua_own CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/lua/*.c)
list(FILTER lua_own EXCLUDE REGEX "/lpegsteps\\.c$") # in LPeg (libraries.cmake)
if(LURE_PLAIN_LUA) # src/lua/plain has the same functions as those of src/lua that look into Lua
  set(lua_patched "")
  list(FILTER lua_own EXCLUDE REGEX "/(arithmetic|budget|eval[a-z]*|fastapi|garbage|userdata)\\.c$")
  file(GLOB lua_plain CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/lua/plain/*.c)
  list(APPEND lua_own ${lua_plain})
endif()
foreach(part IN LISTS lua_patched)
  set(patched ${CMAKE_BINARY_DIR}/generated/${part}.c)
  list(REMOVE_ITEM lua_sources ${LURE_LUA_SOURCE_DIR}/${part}.c)
  list(APPEND lua_sources ${patched})
  add_custom_command(
    OUTPUT ${patched}
    COMMAND ${CMAKE_COMMAND} -D INPUT=${LURE_LUA_SOURCE_DIR}/${part}.c -D OUTPUT=${patched}
            -P ${CMAKE_SOURCE_DIR}/cmake/patch-lua.cmake
    DEPENDS ${LURE_LUA_SOURCE_DIR}/${part}.c ${CMAKE_SOURCE_DIR}/cmake/patch-lua.cmake
            ${CMAKE_SOURCE_DIR}/cmake/patch-lua-budget.cmake
            ${CMAKE_SOURCE_DIR}/cmake/patch-lua-strings.cmake
    COMMENT "Changing Lua's ${part}.c")
endforeach()
set_source_files_properties(${lua_own} PROPERTIES COMPILE_OPTIONS "-fvisibility=hidden;-Wall;-Wextra")
add_library(lua OBJECT ${lua_sources} ${lua_own})
target_include_directories(lua PUBLIC ${LURE_LUA_INCLUDE_DIRS} PRIVATE ${CMAKE_SOURCE_DIR}/src)
target_compile_definitions(lua PRIVATE LUA_USE_POSIX LUA_USE_DLOPEN)
target_compile_options(lua PUBLIC ${LURE_LOCALE} PRIVATE ${LURE_UNALIGNED})
set_target_properties(lua PROPERTIES C_VISIBILITY_PRESET default) # what Lua keeps to itself it hides itself
set_source_files_properties(${LURE_LUA_SOURCE_DIR}/liolib.c ${CMAKE_BINARY_DIR}/generated/liolib.c
                            ${LURE_LUA_SOURCE_DIR}/lauxlib.c ${CMAKE_BINARY_DIR}/generated/lauxlib.c
                            PROPERTIES COMPILE_OPTIONS "-include;${CMAKE_SOURCE_DIR}/src/script/cloexec.h")
set_source_files_properties(${LURE_LUA_SOURCE_DIR}/loslib.c ${CMAKE_BINARY_DIR}/generated/loslib.c PROPERTIES COMPILE_OPTIONS "-include;${CMAKE_SOURCE_DIR}/src/lua/shellcommand.h")
set_source_files_properties(${LURE_LUA_SOURCE_DIR}/lstate.c PROPERTIES COMPILE_OPTIONS "-include;${CMAKE_SOURCE_DIR}/src/lua/hashseed.h")
if(NOT LURE_PLAIN_LUA) # these are only faster
  set_source_files_properties(${CMAKE_BINARY_DIR}/generated/ldo.c PROPERTIES COMPILE_OPTIONS "-include;${CMAKE_SOURCE_DIR}/src/lua/longjump.h")
  set_source_files_properties(${LURE_LUA_SOURCE_DIR}/lobject.c PROPERTIES
                              COMPILE_OPTIONS "-include;${CMAKE_SOURCE_DIR}/src/lua/tostring.h")
endif()
set_property(SOURCE ${LURE_LUA_SOURCE_DIR}/lobject.c ${LURE_LUA_SOURCE_DIR}/lstrlib.c ${CMAKE_BINARY_DIR}/generated/lstrlib.c
             APPEND PROPERTY COMPILE_OPTIONS "-include;${CMAKE_SOURCE_DIR}/src/lua/pointers.h")
# what runs while a script is loaded, waits for files, fails or is called seldom need not be fast: it would be a sixth
# of the library
foreach(part lauxlib lbaselib lcode lcorolib ldblib ldebug ldump liolib llex loadlib loslib lparser lundump lutf8lib)
  set_property(SOURCE ${LURE_LUA_SOURCE_DIR}/${part}.c ${CMAKE_BINARY_DIR}/generated/${part}.c
               APPEND PROPERTY COMPILE_OPTIONS -Os)
endforeach()

add_library(cjson OBJECT ${LURE_CJSON_SOURCE_DIR}/cJSON.c)
target_include_directories(cjson PUBLIC ${LURE_CJSON_SOURCE_DIR})
target_compile_definitions(cjson PUBLIC CJSON_HIDE_SYMBOLS)
target_compile_options(cjson PRIVATE ${LURE_LOCALE} -Os)

add_library(yaml OBJECT "") # the parser alone: nothing here writes YAML
foreach(part api parser reader scanner)
  target_sources(yaml PRIVATE ${LURE_YAML_SOURCE_DIR}/src/${part}.c)
endforeach()
target_compile_options(yaml PRIVATE ${LURE_LOCALE} -Os -fno-lto $<$<C_COMPILER_ID:GNU>:-fno-merge-constants>) # as cJSON: they read a configuration, once
set_property(SOURCE ${LURE_YAML_SOURCE_DIR}/src/api.c APPEND PROPERTY COMPILE_OPTIONS
             -include ${CMAKE_SOURCE_DIR}/cmake/libraries/yaml_memory.h)
target_include_directories(yaml PUBLIC ${LURE_YAML_SOURCE_DIR}/include PRIVATE ${CMAKE_SOURCE_DIR}/src)
target_compile_definitions(yaml PUBLIC YAML_DECLARE_STATIC PRIVATE YAML_VERSION_MAJOR=0 YAML_VERSION_MINOR=2
                                YAML_VERSION_PATCH=5 "YAML_VERSION_STRING=\"0.2.5\"")

# A text that two libraries share only if they have the very same Lua: its sources and how they are compiled.
file(GLOB lua_files ${LURE_LUA_SOURCE_DIR}/*.[ch] ${CMAKE_SOURCE_DIR}/src/lua/*.[ch] ${CMAKE_SOURCE_DIR}/src/lua/plain/*.c)
set(lua_hashes "${LURE_PLAIN_LUA}")
foreach(file IN LISTS lua_files)
  file(SHA256 ${file} hash)
  string(APPEND lua_hashes ${hash})
endforeach()
string(SHA256 lua_hash "${lua_hashes}")
string(SUBSTRING ${lua_hash} 0 16 lua_hash)
set(LURE_LUA_BUILD "Lua 5.4 ${lua_hash} ${CMAKE_C_COMPILER_ID} ${CMAKE_SYSTEM_PROCESSOR}")

file(CONFIGURE OUTPUT generated/lure_version.h CONTENT [[
#define LURE_VERSION "@LURE_VERSION@"
#define LURE_LIBRARIES "@LURE_LIBRARIES@"
]] @ONLY)
file(CONFIGURE OUTPUT generated/lure_lua_build.h CONTENT [[
/* Tells this very build of Lua from others in the same process. */
extern __attribute__((visibility("default"))) const char lure_lua_build[];
]] @ONLY)
file(CONFIGURE OUTPUT generated/lure_lua_build.c CONTENT [[
#include "lure_lua_build.h"

const char lure_lua_build[] = "@LURE_LUA_BUILD@";
]] @ONLY)
