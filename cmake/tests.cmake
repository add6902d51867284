# Every test of the project is a CTest test: `script/test` runs them all.

set(LURE_ROOTS "" CACHE PATH "Where script/bootstrap keeps roots of other Debian releases")

include(cmake/programs.cmake)

# The environment of specs; variables that a developer has exported for lure are cleared.
set(spec_environment
    LURE_TRUST= LURE_SCRIPT= LURE_LIBRARY=
    LURE_BUILD=${CMAKE_BINARY_DIR} LURE_SOURCE=${CMAKE_SOURCE_DIR} LURE_PLAIN_LUA=${LURE_PLAIN_LUA}
    "LUA_PATH=${CMAKE_SOURCE_DIR}/?.lua\;${CMAKE_SOURCE_DIR}/lua/?.lua\;\;"
    "LUA_CPATH=${CMAKE_BINARY_DIR}/lib/lua/5.4/?.so\;\;")
if(LURE_ROOTS)
  list(APPEND spec_environment LURE_ROOTS=${LURE_ROOTS})
endif()
if(LURE_SANITIZE MATCHES address)
  # Debian's lua5.4 is built without it, so its library has to be loaded first; what lua5.4 and the shell hold when they
  # exit is theirs. gcc 12's runtime guesses where thread-local variables of a library lie, and crashes where it is wrong.
  execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=libasan.so OUTPUT_VARIABLE asan_library
                  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  list(APPEND spec_environment LD_PRELOAD=${asan_library} ASAN_OPTIONS=intercept_tls_get_addr=0
       LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/spec/sanitize/leaks:print_suppressions=0)
endif()
# script/spec reads it
list(JOIN spec_environment "\n" lines)
file(WRITE ${CMAKE_BINARY_DIR}/spec-environment "${lines}\n")

# One test a spec file, labelled by its directory: "hosts" need other machines' roots or Luas, "check" look at the build.
file(GLOB_RECURSE specs RELATIVE ${CMAKE_SOURCE_DIR} CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/spec/*_spec.lua)
list(FILTER specs EXCLUDE REGEX "^spec/release/") # script/release --test runs those
foreach(spec IN LISTS specs)
  string(REGEX REPLACE "^spec/(.*)_spec\\.lua$" "\\1" name ${spec})
  set(seconds 600) # busy machines are slow
  if(name MATCHES "^(hosts|sinsp|modules)/")
    set(label hosts)
  elseif(name MATCHES "^checks/")
    set(label check)
    set(seconds 1200) # checks/build builds four times
  else()
    set(label spec)
  endif()
  add_test(NAME ${name} COMMAND ${LUA} ${BUSTED} --output=TAP ${CMAKE_SOURCE_DIR}/${spec}
           WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS ${label} ENVIRONMENT "${spec_environment}" TIMEOUT ${seconds})
endforeach()

# C parts of specs (plugins, programs), and the benchmark.
file(GLOB spec_parts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/spec/*/CMakeLists.txt ${CMAKE_SOURCE_DIR}/bench/CMakeLists.txt)
list(FILTER spec_parts EXCLUDE REGEX "/spec/release/")
foreach(part IN LISTS spec_parts)
  get_filename_component(directory ${part} DIRECTORY)
  add_subdirectory(${directory})
endforeach()

if(NOT LURE_PLAIN_LUA) # it has nothing that fuzz compares with Lua
  add_subdirectory(fuzz)
endif()

# The specs again, in special builds; not from inside of such a build.
if(NOT LURE_SANITIZE AND LURE_OPTIMIZE)
  foreach(kind address thread valgrind unoptimized plain)
    add_test(NAME sanitize/${kind} COMMAND ${CMAKE_SOURCE_DIR}/spec/sanitize/run ${kind}
             WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(sanitize/${kind} PROPERTIES LABELS sanitize ENVIRONMENT "${spec_environment}" TIMEOUT 2400)
  endforeach()
endif()
