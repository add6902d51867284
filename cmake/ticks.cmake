# Writes OUTPUT, Lua's lvm.c (INPUT) that counts steps: src/lua/ticks.h says why. These lines stand once in
# every release from 5.4.0 on.

file(READ ${INPUT} text)
foreach(change "#include \"lvm.h\"|#include \"lvm.h\"\n#include \"lua/ticks.h\"" 
               "(trap = ci->u.l.trap)|(TICK(L), trap = ci->u.l.trap)" "trap = L->hookmask|TICK(L), trap = L->hookmask")
  string(REGEX MATCH "^(.*)[|](.*)$" change "${change}")
  set(old "${CMAKE_MATCH_1}")
  set(new "${CMAKE_MATCH_2}")
  string(REPLACE "${old}" "${new}" changed "${text}")
  if(changed STREQUAL text)
    message(FATAL_ERROR "${INPUT} has no \"${old}\": it is not of a Lua 5.4 that src/lua/ticks.h knows")
  endif()
  set(text "${changed}")
endforeach()
file(WRITE ${OUTPUT} "${text}")
