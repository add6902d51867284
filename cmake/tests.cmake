# Every test of the project is a CTest test: `script/test` runs them all.

set(LURE_ROOTS "" CACHE PATH "Where script/bootstrap keeps roots of other Debian releases")

include(cmake/programs.cmake)

# The environment of specs; variables that a developer has exported for lure are cleared.
set(spec_environment
    LURE_TRUST= LURE_SCRIPT= LURE_LIBRARY= LURE_STATE=none
    LURE_BUILD=${CMAKE_BINARY_DIR} LURE_SOURCE=${CMAKE_SOURCE_DIR} LURE_PLAIN_LUA=${LURE_PLAIN_LUA}
    "LUA_PATH=${CMAKE_SOURCE_DIR}/?.lua\;${CMAKE_SOURCE_DIR}/lua/?.lua\;\;"
    "LUA_CPATH=${CMAKE_BINARY_DIR}/lib/lua/5.4/?.so\;\;")
if(LURE_ROOTS)
  list(APPEND spec_environment LURE_ROOTS=${LURE_ROOTS})
endif()
# Debian's lua5.4 is built without sanitizers, so their library has to be loaded first; what lua5.4 and the shell hold
# when they exit is theirs. gcc 12's runtime guesses where thread-local variables of a library lie, and crashes where it
# is wrong.
if(LURE_SANITIZE MATCHES address)
  set(runtime libasan.so)
  list(APPEND spec_environment ASAN_OPTIONS=intercept_tls_get_addr=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
       LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/spec/sanitize/leaks:print_suppressions=0)
elseif(LURE_SANITIZE MATCHES thread)
  set(runtime libtsan.so)
  list(APPEND spec_environment TSAN_OPTIONS=intercept_tls_get_addr=0:die_after_fork=0:halt_on_error=1)
endif()
if(LURE_SANITIZE)
  execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=${runtime} OUTPUT_VARIABLE runtime
                  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
endif()
# With ThreadSanitizer's runtime programs that a spec starts would crash, so there only Lua itself gets it.
set(launcher "")
if(LURE_SANITIZE MATCHES thread)
  file(GLOB loader /lib64/ld-linux-*.so.* /lib/ld-linux-*-*.so.*)
  list(GET loader 0 loader)
  set(launcher ${loader} --preload ${runtime})
elseif(LURE_SANITIZE)
  list(APPEND spec_environment LD_PRELOAD=${runtime})
endif()
# script/spec reads these
list(JOIN spec_environment "\n" lines)
file(WRITE ${CMAKE_BINARY_DIR}/spec-environment "${lines}\n")
list(JOIN launcher " " words)
file(WRITE ${CMAKE_BINARY_DIR}/spec-launcher "${words}\n")

# One test a spec file, labelled by its directory: "hosts" need other machines' roots or Luas, "check" look at the build.
file(GLOB_RECURSE specs RELATIVE ${CMAKE_SOURCE_DIR} CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/spec/*_spec.lua)
list(FILTER specs EXCLUDE REGEX "^spec/release/") # script/release --test runs those
set(special OFF)
if(LURE_SANITIZE OR LURE_PLAIN_LUA OR NOT LURE_OPTIMIZE)
  set(special ON)
  list(FILTER specs EXCLUDE REGEX "^spec/bench/") # nobody measures such a build
endif()
foreach(spec IN LISTS specs)
  string(REGEX REPLACE "^spec/(.*)_spec\\.lua$" "\\1" name ${spec})
  set(seconds 1800) # of a few minutes at most; busy machines are slow
  if(name MATCHES "^(hosts|sinsp|modules)/")
    set(label hosts)
  elseif(name MATCHES "^(checks|mutants)/")
    set(label check)
  else()
    set(label spec)
  endif()
  add_test(NAME ${name} COMMAND ${launcher} ${LUA} ${BUSTED} --output=TAP ${CMAKE_SOURCE_DIR}/${spec}
           WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(${name} PROPERTIES LABELS ${label} ENVIRONMENT "${spec_environment}" TIMEOUT ${seconds})
endforeach()

# C parts of specs (plugins, programs), and the benchmark.
file(GLOB spec_parts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/spec/*/CMakeLists.txt)
if(NOT special)
  list(APPEND spec_parts ${CMAKE_SOURCE_DIR}/bench/CMakeLists.txt)
endif()
list(FILTER spec_parts EXCLUDE REGEX "/spec/release/")
foreach(part IN LISTS spec_parts)
  get_filename_component(directory ${part} DIRECTORY)
  add_subdirectory(${directory})
endforeach()

if(NOT LURE_PLAIN_LUA) # it has nothing that fuzz compares with Lua
  add_subdirectory(fuzz fuzzers)
endif()

# The specs again, in special builds; not from inside of such a build.
if(NOT special)
  foreach(kind address thread valgrind unoptimized plain)
    add_test(NAME sanitize/${kind} COMMAND ${CMAKE_SOURCE_DIR}/spec/sanitize/run ${kind}
             WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(sanitize/${kind} PROPERTIES LABELS sanitize ENVIRONMENT "${spec_environment}" TIMEOUT 3600)
  endforeach()
  # only seeds: new inputs are sought by hand, since they differ from build to build; a busy machine may take long
  add_test(NAME sanitize/fuzz COMMAND ${CMAKE_SOURCE_DIR}/script/fuzz 60 -runs=0 -timeout=60
           WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set_tests_properties(sanitize/fuzz PROPERTIES LABELS sanitize PROCESSORS 2 TIMEOUT 3600)
endif()
