/*
 * loader FILE NAME...: loads a plugin and looks its functions up, as a host does.
 *
 * Prints the version of the C library, the plugin API version that the plugin answers, and, of the names, a
 * line each, those that it has.
 */
#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    void *library = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;
    void *found;
    const char *(*version)(void);

    puts(gnu_get_libc_version());
    if (library == NULL) {
        fprintf(stderr, "loader: %s\n", dlerror());
        return 1;
    }
    found = dlsym(library, "plugin_get_required_api_version");
    if (found == NULL) {
        fprintf(stderr, "loader: %s has no plugin_get_required_api_version\n", argv[1]);
        return 1;
    }
    memcpy(&version, &found, sizeof(version));
    puts(version());
    for (int i = 2; i < argc; i++) {
        if (dlsym(library, argv[i]) != NULL) {
            puts(argv[i]);
        }
    }
    return dlclose(library);
}
