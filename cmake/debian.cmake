# CPack runs this on the tree of the .deb: adapts it to Debian's policy, where that differs from `cmake --install`.

set(usr ${CPACK_TEMPORARY_DIRECTORY}/usr)
set(doc ${usr}/share/doc/lure)

# Where scripts are that falco.yaml names without a directory.
file(MAKE_DIRECTORY ${CPACK_TEMPORARY_DIRECTORY}/etc/falco/lure)

file(RENAME ${usr}/share/zsh/site-functions ${usr}/share/zsh/vendor-completions)

foreach(page ${doc}/README.md ${usr}/share/man/man1/lure.1)
  file(READ ${page} text)
  string(REPLACE "PREFIX is the directory that lure is installed in, the one with bin/lure.\n" "" text "${text}")
  string(REPLACE "PREFIX/" "/usr/" text "${text}")
  file(WRITE ${page} "${text}")
endforeach()

file(READ ${doc}/NOTICE notice)
string(REPLACE "(LICENSE)" "(/usr/share/common-licenses/Apache-2.0)" notice "${notice}")
file(WRITE ${doc}/copyright "${notice}")
file(REMOVE ${doc}/LICENSE)

string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC) # that of SOURCE_DATE_EPOCH
file(WRITE ${doc}/changelog "lure (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * Release ${CPACK_PACKAGE_VERSION}.

 -- ${CPACK_DEBIAN_PACKAGE_MAINTAINER}  ${date}
")
# Lua and other libraries are compiled in: hosts load it into processes that have others of their own.
file(WRITE ${usr}/share/lintian/overrides/lure "lure: embedded-library\n")
execute_process(COMMAND gzip -9n ${doc}/changelog ${usr}/share/man/man1/lure.1 COMMAND_ERROR_IS_FATAL ANY)
