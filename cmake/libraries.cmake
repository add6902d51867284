# zlib, llhttp, Mbed TLS, libcurl, PCRE2 and LPeg: static libraries, of which the products take what they use (--gc-sections).
#
# Nobody runs their ./configure: what it would find out stands in cmake/libraries/*.h. Of Mbed TLS and PCRE2 one file
# each is changed (patch-mbedtls.cmake, patch-pcre2.cmake), of LPeg most (patch-lpeg.cmake), and Mbed TLS's SHA-256 has
# more (mbedtls_sha256.c). They are outside of link time optimization, which would take twice as long with them. Their
# memory comes from src/base/libraryheap.h.

set(LURE_ZLIB_SOURCE_DIR ${LURE_DEPENDENCIES}/zlib CACHE PATH "Directory with zlib.h")
set(LURE_LLHTTP_SOURCE_DIR ${LURE_DEPENDENCIES}/nghttp2/third-party/llhttp CACHE PATH "Directory with include/llhttp.h")
set(LURE_MBEDTLS_SOURCE_DIR ${LURE_DEPENDENCIES}/mbedtls CACHE PATH "Directory with include/mbedtls")
set(LURE_CURL_SOURCE_DIR ${LURE_DEPENDENCIES}/curl CACHE PATH "Directory with include/curl")
set(LURE_LPEG_SOURCE_DIR ${LURE_DEPENDENCIES}/lua-lpeg CACHE PATH "Directory with lptree.c")
set(LURE_PCRE2_SOURCE_DIR ${LURE_DEPENDENCIES}/pcre2 CACHE PATH "Directory with src/pcre2.h.generic")
need_source(zlib LURE_ZLIB_SOURCE_DIR zlib.h)
# Debian builds llhttp's own source package by node; nghttp2's has its parser as C, and the same version
need_source(nghttp2 LURE_LLHTTP_SOURCE_DIR include/llhttp.h)
need_source(mbedtls LURE_MBEDTLS_SOURCE_DIR include/mbedtls/build_info.h)
need_source(curl LURE_CURL_SOURCE_DIR include/curl/curl.h)
need_source(pcre2 LURE_PCRE2_SOURCE_DIR src/pcre2.h.generic)
need_source(lua-lpeg LURE_LPEG_SOURCE_DIR lptree.c)

# add_foreign(NAME FOLDER FILE...): a static library of FOLDER/FILE.c
function(add_foreign name folder)
  list(TRANSFORM ARGN PREPEND ${folder}/)
  list(TRANSFORM ARGN APPEND .c)
  add_library(${name} STATIC ${ARGN})
  set_target_properties(${name} PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF)
  # no exception is thrown through them; -w: their warnings are not ours to mend
  target_compile_options(${name} PRIVATE ${LURE_LOCALE} -Os -w -ffunction-sections -fdata-sections
                         $<$<C_COMPILER_ID:GNU>:-fno-merge-constants> # products.cmake says why
                         -fno-asynchronous-unwind-tables -fno-unwind-tables -ffile-prefix-map=${folder}=${name})
  if(LURE_SANITIZE MATCHES undefined)
    target_compile_options(${name} PRIVATE -fno-sanitize=undefined)
  endif()
endfunction()

add_foreign(zlib ${LURE_ZLIB_SOURCE_DIR} adler32 crc32 deflate inffast inflate inftrees trees zutil)
target_include_directories(zlib SYSTEM PUBLIC ${LURE_ZLIB_SOURCE_DIR})
target_compile_definitions(zlib PRIVATE HAVE_UNISTD_H HAVE_HIDDEN)

add_foreign(llhttp ${LURE_LLHTTP_SOURCE_DIR}/src api http llhttp)
target_include_directories(llhttp SYSTEM PUBLIC ${LURE_LLHTTP_SOURCE_DIR}/include)

add_foreign(mbedtls ${LURE_MBEDTLS_SOURCE_DIR}/library
  aes aesce aesni asn1parse asn1write base64 bignum bignum_core block_cipher chacha20 chachapoly cipher cipher_wrap
  constant_time ctr_drbg ecdh ecdsa ecp ecp_curves entropy error gcm hkdf md md5 mps_reader oid pem pk pk_ecc pk_wrap pkparse pkwrite
  platform platform_util poly1305 psa_crypto psa_crypto_aead psa_crypto_cipher psa_crypto_client
  psa_crypto_driver_wrappers_no_static psa_crypto_ecp psa_crypto_hash psa_crypto_mac psa_crypto_rsa
  psa_crypto_slot_management psa_util rsa rsa_alt_helpers sha1 sha512 ssl_ciphersuites ssl_client ssl_msg ssl_tls
  ssl_tls12_client ssl_tls12_server ssl_tls13_client ssl_tls13_generic ssl_tls13_server threading version
  x509 x509_crt)
set(mbedtls_patched ${CMAKE_BINARY_DIR}/generated/ssl_tls13_keys.c)
add_custom_command(
  OUTPUT ${mbedtls_patched}
  COMMAND ${CMAKE_COMMAND} -D INPUT=${LURE_MBEDTLS_SOURCE_DIR}/library/ssl_tls13_keys.c -D OUTPUT=${mbedtls_patched}
          -P ${CMAKE_SOURCE_DIR}/cmake/patch-mbedtls.cmake
  DEPENDS ${LURE_MBEDTLS_SOURCE_DIR}/library/ssl_tls13_keys.c ${CMAKE_SOURCE_DIR}/cmake/patch-mbedtls.cmake
  COMMENT "Changing Mbed TLS's ssl_tls13_keys.c")
set(mbedtls_sha256 ${CMAKE_SOURCE_DIR}/cmake/libraries/mbedtls_sha256.c)
set_source_files_properties(${mbedtls_sha256} PROPERTIES COMPILE_OPTIONS -O2)
target_sources(mbedtls PRIVATE ${mbedtls_patched} ${mbedtls_sha256})
target_include_directories(mbedtls PRIVATE ${LURE_MBEDTLS_SOURCE_DIR}/library)
target_compile_options(mbedtls PRIVATE -ffile-prefix-map=${CMAKE_BINARY_DIR}=mbedtls)
target_include_directories(mbedtls SYSTEM PUBLIC ${LURE_MBEDTLS_SOURCE_DIR}/include ${CMAKE_SOURCE_DIR}/cmake/libraries)
target_compile_definitions(mbedtls PUBLIC MBEDTLS_CONFIG_FILE="mbedtls_lure.h")

add_foreign(curl ${LURE_CURL_SOURCE_DIR}/lib
  bufq bufref cf-h1-proxy cf-haproxy cf-https-connect cf-socket cfilters conncache connect content_encoding cshutdn curl_addrinfo
  curl_endian curl_trc curlx/base64 curlx/dynbuf curlx/nonblock curlx/strparse curlx/timediff curlx/timeval
  curlx/warnless cw-out cw-pause dynhds easy escape getenv getinfo hash headers hmac hostip hostip6 http http1
  http_chunks http_proxy idn if2ip llist mime mprintf multi multi_ev noproxy parsedate progress rand request select sendf
  setopt sha256 share slist socks speedcheck splay strcase strdup strequal strerror transfer uint-bset uint-hash uint-spbset
  uint-table url urlapi vauth/vauth version vquic/vquic vtls/cipher_suite vtls/mbedtls vtls/vtls vtls/vtls_scache vtls/x509asn1)
set_target_properties(curl PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 40) # a third of the time
target_include_directories(curl SYSTEM PUBLIC ${LURE_CURL_SOURCE_DIR}/include PRIVATE ${LURE_CURL_SOURCE_DIR}/lib
                           ${CMAKE_SOURCE_DIR}/cmake/libraries)
target_compile_definitions(curl PUBLIC CURL_STATICLIB PRIVATE HAVE_CONFIG_H)
target_link_libraries(curl PUBLIC mbedtls zlib)

# its headers and tables are made by ./configure from these
set(pcre2_made ${CMAKE_BINARY_DIR}/generated/pcre2)
configure_file(${LURE_PCRE2_SOURCE_DIR}/src/pcre2.h.generic ${pcre2_made}/pcre2.h COPYONLY)
configure_file(${LURE_PCRE2_SOURCE_DIR}/src/pcre2_chartables.c.dist ${pcre2_made}/pcre2_chartables.c COPYONLY)
add_foreign(pcre2 ${LURE_PCRE2_SOURCE_DIR}/src
  pcre2_auto_possess pcre2_chkdint pcre2_compile pcre2_compile_class pcre2_context pcre2_error pcre2_extuni pcre2_find_bracket
  pcre2_match_data pcre2_newline pcre2_ord2utf pcre2_pattern_info pcre2_script_run pcre2_string_utils pcre2_study pcre2_tables
  pcre2_ucd pcre2_valid_utf pcre2_xclass)
set(pcre2_patched ${CMAKE_BINARY_DIR}/generated/pcre2_match.c)
add_custom_command(
  OUTPUT ${pcre2_patched}
  COMMAND ${CMAKE_COMMAND} -D INPUT=${LURE_PCRE2_SOURCE_DIR}/src/pcre2_match.c -D OUTPUT=${pcre2_patched}
          -P ${CMAKE_SOURCE_DIR}/cmake/patch-pcre2.cmake
  DEPENDS ${LURE_PCRE2_SOURCE_DIR}/src/pcre2_match.c ${CMAKE_SOURCE_DIR}/cmake/patch-pcre2.cmake
  COMMENT "Changing PCRE2's pcre2_match.c")
set_source_files_properties(${pcre2_patched} PROPERTIES COMPILE_OPTIONS -O2) # where the time of a match goes
target_sources(pcre2 PRIVATE ${pcre2_patched} ${pcre2_made}/pcre2_chartables.c)
target_include_directories(pcre2 SYSTEM PUBLIC ${pcre2_made} PRIVATE ${LURE_PCRE2_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/src)
target_compile_options(pcre2 PRIVATE "SHELL:-include ${CMAKE_SOURCE_DIR}/cmake/libraries/pcre2_config.h"
                       -ffile-prefix-map=${CMAKE_BINARY_DIR}=pcre2)
target_compile_definitions(pcre2 INTERFACE PCRE2_CODE_UNIT_WIDTH=8 PCRE2_STATIC)

# all of its files are copied, so that they find each other's headers; `re` is compiled in as bytes
set(lpeg_made ${CMAKE_BINARY_DIR}/generated/lpeg)
set(lpeg_files lpcap.c lpcode.c lpcset.c lptree.c lpvm.c lpcap.h lpcode.h lpcset.h lpprint.h lptree.h lptypes.h lpvm.h re.lua)
list(TRANSFORM lpeg_files PREPEND ${lpeg_made}/ OUTPUT_VARIABLE lpeg_patched)
foreach(part IN LISTS lpeg_files)
  add_custom_command(
    OUTPUT ${lpeg_made}/${part}
    COMMAND ${CMAKE_COMMAND} -D INPUT=${LURE_LPEG_SOURCE_DIR}/${part} -D OUTPUT=${lpeg_made}/${part}
            -P ${CMAKE_SOURCE_DIR}/cmake/patch-lpeg.cmake
    DEPENDS ${LURE_LPEG_SOURCE_DIR}/${part} ${CMAKE_SOURCE_DIR}/cmake/patch-lpeg.cmake
    COMMENT "Changing LPeg's ${part}")
endforeach()
add_custom_command(
  OUTPUT ${CMAKE_BINARY_DIR}/generated/lpeg_re.h
  COMMAND ${CMAKE_COMMAND} -D INPUT=${lpeg_made}/re.lua -D OUTPUT=${CMAKE_BINARY_DIR}/generated/lpeg_re.h -D NAME=lpeg_re
          -P ${CMAKE_SOURCE_DIR}/cmake/bytes.cmake
  DEPENDS ${lpeg_made}/re.lua ${CMAKE_SOURCE_DIR}/cmake/bytes.cmake
  COMMENT "Embedding LPeg's re.lua")
add_custom_target(lpeg_files DEPENDS ${lpeg_patched} ${CMAKE_BINARY_DIR}/generated/lpeg_re.h)
add_foreign(lpeg ${lpeg_made} lpcap lpcode lpcset lptree lpvm)
target_sources(lpeg PRIVATE ${CMAKE_SOURCE_DIR}/src/lua/lpegsteps.c)
add_dependencies(lpeg lpeg_files)
set_source_files_properties(${lpeg_made}/lpcap.c ${lpeg_made}/lpvm.c PROPERTIES COMPILE_OPTIONS -O2)
target_include_directories(lpeg PRIVATE ${lpeg_made} ${CMAKE_SOURCE_DIR}/src
                           $<TARGET_PROPERTY:lua,INTERFACE_INCLUDE_DIRECTORIES>)
