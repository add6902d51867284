# Toolchain: Debian's gcc for aarch64 with headers and libraries of glibc 2.17 (script/release fetches them).

set(LURE_SYSROOTS /var/cache/lure/sysroots CACHE PATH "Where script/release keeps sysroots")
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES LURE_SYSROOTS)

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
file(REAL_PATH ${LURE_SYSROOTS}/aarch64 CMAKE_SYSROOT) # gcc resolves links in what it writes of it
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
# without -B Debian's gcc links the libraries of its own cross packages; without -nostdinc it reads their headers
execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=include OUTPUT_VARIABLE gcc_headers
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
set(CMAKE_C_FLAGS_INIT "-B${CMAKE_SYSROOT}/usr/lib/ -nostdinc -isystem ${gcc_headers} -isystem ${CMAKE_SYSROOT}/usr/include \
-ffile-prefix-map=${CMAKE_SYSROOT}=sysroot")
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64-static -L ${CMAKE_SYSROOT})
set(CMAKE_MODULE_LINKER_FLAGS_INIT -Wl,--version-script=${CMAKE_CURRENT_LIST_DIR}/glibc-2.17.map)
