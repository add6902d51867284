# cmake --install: what goes where. The program finds its libraries in ../lib/lure, wherever the prefix is.

# The manual page and the completion come out of the program itself; where it cannot run, they are left out.
if(NOT CMAKE_CROSSCOMPILING OR CMAKE_CROSSCOMPILING_EMULATOR)
  set(generated_pages ${generated}/lure.1 ${generated}/lure.bash)
  add_custom_command(
    OUTPUT ${generated_pages}
    COMMAND lure --man >${generated}/lure.1
    COMMAND lure --completion >${generated}/lure.bash
    DEPENDS lure
    COMMENT "Writing the manual page and the completion")
  add_custom_target(pages ALL DEPENDS ${generated_pages})
  install(FILES ${generated}/lure.1 DESTINATION share/man/man1)
  install(FILES ${generated}/lure.bash DESTINATION share/bash-completion/completions RENAME lure)
endif()

file(CONFIGURE OUTPUT generated/lure.pc CONTENT [[
prefix=${pcfiledir}/../..
plugindir=${prefix}/lib/lure
library=${plugindir}/liblure.so
library_v0=${plugindir}/liblure-v0.so
examplesdir=${prefix}/share/lure/examples
lua_cpath=${prefix}/lib/lua/5.4/?.so

Name: lure
Description: Falco plugins in Lua: the library that Falco and sysdig load
Version: @LURE_VERSION@
]] @ONLY)

install(TARGETS lure RUNTIME DESTINATION bin)
install(TARGETS liblure liblure-v0 LIBRARY DESTINATION lib/lure)
install(TARGETS host LIBRARY DESTINATION lib/lua/5.4/lure)
install(FILES ${CMAKE_SOURCE_DIR}/lua/lure/meta.lua DESTINATION share/lure/types)
# `lure new` names the folder of types that is beside the program, in the build, too.
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/share/lure/types)
file(CREATE_LINK ${CMAKE_SOURCE_DIR}/lua/lure/meta.lua ${CMAKE_BINARY_DIR}/share/lure/types/meta.lua SYMBOLIC)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/examples DESTINATION share/lure)
install(FILES ${CMAKE_SOURCE_DIR}/README.md ${CMAKE_SOURCE_DIR}/NOTICE DESTINATION share/doc/lure)
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION share/doc/lure RENAME copyright)
install(FILES ${generated}/lure.pc DESTINATION lib/pkgconfig)
