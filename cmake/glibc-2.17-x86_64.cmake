# Toolchain: the machine's gcc with headers and libraries of glibc 2.17 (script/release fetches them).

set(LURE_SYSROOTS /var/cache/lure/sysroots CACHE PATH "Where script/release keeps sysroots")
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES LURE_SYSROOTS)

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
file(REAL_PATH ${LURE_SYSROOTS}/x86_64 CMAKE_SYSROOT) # gcc resolves links in what it writes of it
set(CMAKE_C_COMPILER x86_64-linux-gnu-gcc)
# without -B Debian's gcc links the machine's own libraries; without -nostdinc it reads its headers
execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=include OUTPUT_VARIABLE gcc_headers
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
set(CMAKE_C_FLAGS_INIT "-B${CMAKE_SYSROOT}/usr/lib/ -nostdinc -isystem ${gcc_headers} -isystem ${CMAKE_SYSROOT}/usr/include \
-ffile-prefix-map=${CMAKE_SYSROOT}=sysroot")
set(CMAKE_CROSSCOMPILING_EMULATOR env) # no emulator: any later C library runs it, such as this machine's
set(CMAKE_MODULE_LINKER_FLAGS_INIT -Wl,--version-script=${CMAKE_CURRENT_LIST_DIR}/glibc-2.17.map)
