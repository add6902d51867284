# Writes OUTPUT, ssl_tls13_keys.c of Mbed TLS (INPUT) with our change: where memory is out between the two ciphers of a
# transform, the first is released, too. Mbed TLS 3.6 leaks it, once for each handshake that fails so.

file(READ ${INPUT} text)
foreach(transform IN ITEMS transform_earlydata transform_handshake transform_application)
  set(old "        mbedtls_free(${transform});\n")
  string(REPLACE "${old}" "        mbedtls_ssl_transform_free(${transform});\n${old}" changed "${text}")
  if(changed STREQUAL text)
    message(FATAL_ERROR "${INPUT} has no \"mbedtls_free(${transform})\": it is not of a Mbed TLS that lure knows")
  endif()
  set(text "${changed}")
endforeach()
file(WRITE ${OUTPUT} "${text}")
