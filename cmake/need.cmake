# Programs and headers that have to be there: all that is missing is reported at once, with the Debian packages.

set(missing_names "")
set(missing_packages "")

# need(KIND VARIABLE NAME PACKAGE...): KIND is program, or path for a header
macro(need kind variable name)
  cmake_language(CALL find_${kind} ${variable} NAMES ${name})
  if(NOT ${variable})
    list(APPEND missing_names ${name})
    list(APPEND missing_packages ${ARGN})
  endif()
endmacro()

# stop_without("the build", HINT): ends the configure step where something was missing
macro(stop_without what hint)
  if(missing_names)
    list(JOIN missing_names ", " names)
    list(JOIN missing_packages " " packages)
    message(FATAL_ERROR "${what} needs ${names}; run script/bootstrap, or on Debian: apt-get install ${packages}${hint}")
  endif()
endmacro()
