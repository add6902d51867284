/*
 * A host as the library sees one: a process with falco's, or sysdig's, name and command line.
 *
 * Loads the library that $LOADER_LIBRARY names, looks its symbols up as the framework does, and
 * prints the required API version (or the error in its place), the name, and the event source.
 * With $LOADER_CONFIG it prints "schema: " and what the host checks the configuration against, calls init
 * with that text, and prints "init: " and the last error, and what is logged until destroy as "log: ". With
 * $LOADER_BETWEEN it then runs that command, looks the symbols up again, as Falco does at SIGHUP, and prints
 * "again: " and the required API version.
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

static void show_log(ss_plugin_owner_t *owner, const char *component, const char *message,
                     ss_plugin_log_severity severity)
{
    (void)owner, (void)component, (void)severity;
    printf("log: %s\n", message);
}

static void initialise(const char *config)
{
    ss_plugin_init_input input = {.config = config, .log_fn = show_log};
    ss_plugin_rc rc;
    ss_plugin_t *state = api.init(&input, &rc);

    if (api.get_init_schema != NULL) {
        ss_plugin_schema_type type;

        printf("schema: %s\n", api.get_init_schema(&type));
    }
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
    if (getenv("LOADER_BETWEEN") != NULL && system(getenv("LOADER_BETWEEN")) == 0) {
        look_up(library);
        printf("again: %s\n", api.get_required_api_version());
    }
    return 0;
}
