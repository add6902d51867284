# cmake --install: what goes where. The program finds its libraries in ../lib/lure, wherever the prefix is.

# The manual page and the completions come out of the program itself; where it cannot run, they are left out.
if(NOT CMAKE_CROSSCOMPILING OR CMAKE_CROSSCOMPILING_EMULATOR)
  set(generated_pages ${generated}/lure.1 ${generated}/lure.bash ${generated}/lure.zsh ${generated}/lure.fish)
  add_custom_command(
    OUTPUT ${generated_pages}
    COMMAND lure --man >${generated}/lure.1
    COMMAND lure --completion bash >${generated}/lure.bash
    COMMAND lure --completion zsh >${generated}/lure.zsh
    COMMAND lure --completion fish >${generated}/lure.fish
    DEPENDS lure
    COMMENT "Writing the manual page and the completions")
  add_custom_target(pages ALL DEPENDS ${generated_pages})
  install(FILES ${generated}/lure.1 DESTINATION share/man/man1)
  install(FILES ${generated}/lure.bash DESTINATION share/bash-completion/completions RENAME lure)
  install(FILES ${generated}/lure.zsh DESTINATION share/zsh/site-functions RENAME _lure)
  install(FILES ${generated}/lure.fish DESTINATION share/fish/vendor_completions.d)
endif()

set(readme ${CMAKE_SOURCE_DIR}/cmake/readme.sed ${CMAKE_SOURCE_DIR}/README.md)
add_custom_command(OUTPUT ${generated}/README.md COMMAND sed -f ${readme} >${generated}/README.md DEPENDS ${readme})
add_custom_target(readme ALL DEPENDS ${generated}/README.md)
install(FILES ${generated}/README.md ${CMAKE_SOURCE_DIR}/NOTICE ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION share/doc/lure)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs DESTINATION share/doc/lure PATTERN "architecture*" EXCLUDE)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/examples DESTINATION share/lure)
file(CREATE_LINK ../../lure/examples ${generated}/examples SYMBOLIC)
install(FILES ${generated}/examples DESTINATION share/doc/lure) # beside README.md, which names it

# Types for LuaLS, each where `require` finds its module. `lure new` names the directory, also in the build.
function(install_types path name)
  get_filename_component(directory ${name} DIRECTORY)
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/share/lure/types/${directory})
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/lua/lure/${path} ${CMAKE_BINARY_DIR}/share/lure/types/${name} SYMBOLIC)
  install(FILES ${CMAKE_SOURCE_DIR}/lua/lure/${path} DESTINATION share/lure/types/${directory})
endfunction()
install_types(meta.lua meta.lua)
install_types(meta/host.lua lure/host.lua)
install_types(testing.lua lure/testing.lua)

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
install(FILES ${generated}/lure.pc DESTINATION share/pkgconfig)
