/*
 * A host as the library sees one: a process with falco's, or sysdig's, name and command line.
 *
 * Loads the library that $LOADER_LIBRARY names, looks its symbols up as the framework does, and
 * prints the required API version (or the error in its place), the name, and the event source.
 * With $LOADER_CONFIG it calls init with that text, and prints "init: " and the last error.
 */
#include "v3/abi.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static plugin_api api;

static void look_up(void *library)
{
#define LOOK_UP(name, since, need, result, parameters) *(void **)&api.name = dlsym(library, "plugin_" #name);
    PLUGIN_API_SYMBOLS(LOOK_UP)
#undef LOOK_UP
}

static void initialise(const char *config)
{
    ss_plugin_init_input input = {.config = config};
    ss_plugin_rc rc;
    ss_plugin_t *state = api.init(&input, &rc);

    printf("init: %s\n", rc == SS_PLUGIN_SUCCESS ? "good" : api.get_last_error(state));
    api.destroy(state);
}

int main(void)
{
    const char *path = getenv("LOADER_LIBRARY");
    void *library = dlopen(path, RTLD_LOCAL | RTLD_NOW);

    if (library == NULL) {
        printf("%s\n", dlerror());
        return 1;
    }
    look_up(library);
    printf("%s\n%s\n%s\n", api.get_required_api_version(), api.get_name(),
           api.get_event_source != NULL ? api.get_event_source() : "");
    if (getenv("LOADER_CONFIG") != NULL) {
        initialise(getenv("LOADER_CONFIG"));
    }
    return 0;
}
