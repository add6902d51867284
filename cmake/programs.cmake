# What the tests need besides what is built here: all that is missing is reported at once, with the Debian packages.

set(missing_programs "")
set(missing_packages "")

# need(KIND VARIABLE NAME PACKAGE): KIND is program or path (a header)
macro(need kind variable name package)
  cmake_language(CALL find_${kind} ${variable} NAMES ${name})
  if(NOT ${variable})
    list(APPEND missing_programs ${name})
    list(APPEND missing_packages ${package})
  endif()
endmacro()

need(program BUSTED busted lua-busted)
need(program LUA lua5.4 lua5.4)
need(program LURE_LUACHECK luacheck lua-check)
need(program LURE_ZSH zsh zsh)
need(program LURE_FISH fish fish)
need(program LURE_CXX c++ g++)
need(path LURE_YAML_CPP_INCLUDE_DIR yaml-cpp/yaml.h libyaml-cpp-dev)
need(path LURE_JSMN_INCLUDE_DIR jsmn.h libjsmn-dev)

if(missing_programs)
  list(JOIN missing_programs ", " names)
  list(JOIN missing_packages " " packages)
  message(FATAL_ERROR "the tests need ${names}; run script/bootstrap, or on Debian: apt-get install ${packages}; "
                      "-DBUILD_TESTING=OFF configures a build without tests")
endif()
