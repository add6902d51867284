/*
 * A program that has its host, and that host's Lua, in a library that nobody else sees: HOLDER.so beside it
 * is host.c, loaded RTLD_LOCAL and bound when it is first used.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - sizeof(".so"));
    int (*host_main)(int argc, char **argv);
    void *library;

    snprintf(path + (length > 0 ? length : 0), sizeof(".so"), ".so");
    library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
    if (library == NULL) {
        puts(dlerror());
        return 1;
    }
    *(void **)&host_main = dlsym(library, "host_main");
    return host_main(argc, argv);
}
