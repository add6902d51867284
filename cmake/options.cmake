# Compiler and linker flags.

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON) # -std=gnu11: newer defaults bring names that old glibcs lack
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(LURE_WERROR "Warnings are errors (CI)" OFF)
option(LURE_OPTIMIZE "The default of init_config.lure.optimize" ON)
option(LURE_PLAIN_LUA "Stock Lua through its public API alone: slower, and without a time limit in C functions, to find out what comes of our changes to Lua" OFF)
set(LURE_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=")

add_compile_definitions(_GNU_SOURCE $<$<NOT:$<BOOL:${LURE_OPTIMIZE}>>:LURE_UNOPTIMIZED>)

# Reproducible builds from any directory. With LTO the link compiles, so the map is a link option too.
set(LURE_PREFIX_MAP -ffile-prefix-map=${CMAKE_SOURCE_DIR}=. -ffile-prefix-map=${CMAKE_BINARY_DIR}=./build)
add_compile_options(${LURE_PREFIX_MAP})
add_link_options(${LURE_PREFIX_MAP})

# Hosts throw exceptions of C++ through an iteration over a script's table (v3/owntableentries.h): every frame can be
# unwound. No more than that: -fexceptions would only call clean-up handlers, of which there are none.
add_compile_options(-fasynchronous-unwind-tables)

# Exported functions are never interposed (products are linked with -Bsymbolic), so calls of them may be inlined.
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-fno-semantic-interposition)
  add_link_options(-fno-semantic-interposition)
endif()

if(LURE_SANITIZE)
  add_compile_options(-fsanitize=${LURE_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${LURE_SANITIZE})
  if(CMAKE_C_COMPILER_ID MATCHES Clang AND LURE_SANITIZE MATCHES address)
    add_compile_definitions(__SANITIZE_ADDRESS__=1) # as gcc has it: src/base/pool.h poisons what is free
  endif()
elseif(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  if(NOT DEFINED CMAKE_INTERPROCEDURAL_OPTIMIZATION) # OFF builds twice as fast while one develops
    set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
  endif()
  # frames without a pointer, as on x86-64: on aarch64 the library is 2 % smaller; debuggers have .eh_frame
  add_compile_options(-flto-partition=one -fomit-frame-pointer)
  if(BUILD_TESTING AND NOT CMAKE_CROSSCOMPILING AND CMAKE_INTERPROCEDURAL_OPTIMIZATION)
    add_compile_options(-ffat-lto-objects) # fuzz targets are many, and linked without
  endif()
  add_link_options(-flto-partition=one)
endif()

# Jumps and loops are not aligned: the library is 2 % smaller, and as fast.
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  set(LURE_UNALIGNED -falign-jumps=1 -falign-loops=1)
endif()

# For our own code only.
set(LURE_WARNINGS -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wconversion
                  -Wswitch-enum -Wimplicit-fallthrough)
if(LURE_WERROR)
  list(APPEND LURE_WARNINGS -Werror)
endif()
