/*
 * badhost_v3, badhost_v0 LIBRARY CASE: a host that breaks the rules of the plugin API.
 *
 * Loads the library, whose script LURE_SCRIPT names, and does one of the things below that no host should do.
 * Exits with 0 if every call returned what its rule says; else with 1 and a message. That it neither crashes
 * nor hangs, and that the sanitizers find nothing, is the test.
 */
#if BADHOST_API == 0
#include "v0/abi.h"
typedef ss_plugin_event *events;
#else
#include "v3/abi.h"
typedef ss_plugin_event **events;
#endif

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *library;
static struct {
#define SYMBOL(name, ...) plugin_##name##_fn *name;
    PLUGIN_API_SYMBOLS(SYMBOL)
#undef SYMBOL
} api;

static void load(const char *path)
{
    library = dlopen(path, RTLD_LOCAL | RTLD_NOW);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(2);
    }
#define LOOK_UP(name, ...) *(void **)&api.name = dlsym(library, "plugin_" #name);
    PLUGIN_API_SYMBOLS(LOOK_UP)
#undef LOOK_UP
}

static void expect(bool condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "wrong: %s\n", what);
        exit(1);
    }
}

static ss_plugin_t *init(void)
{
    ss_plugin_rc rc;
#if BADHOST_API == 0
    ss_plugin_t *state = api.init("{}", &rc);
#else
    ss_plugin_init_input input = {.config = "{}"};
    ss_plugin_t *state = api.init(&input, &rc);
#endif

    expect(rc == SS_PLUGIN_SUCCESS, "init");
    return state;
}

static ss_instance_t *open_source(ss_plugin_t *state)
{
    ss_plugin_rc rc;
    ss_instance_t *instance = api.open(state, "", &rc);

    expect(rc == SS_PLUGIN_SUCCESS && instance != NULL, "open");
    return instance;
}

static void expect_error(ss_plugin_t *state, const char *part)
{
    const char *text = api.get_last_error(state);

    if (strstr(text, part) == NULL) {
        fprintf(stderr, "expected an error with \"%s\", got \"%s\"\n", part, text);
        exit(1);
    }
}

/* ---- instances ---- */

#define NOT_OPEN "the event source is not open"

/* No function does anything with an instance that is not an open one of this state. */
static void use_closed(ss_plugin_t *state, ss_instance_t *instance)
{
    uint32_t count = 1, progress = 1;
    events batch;

    expect(api.next_batch(state, instance, &count, &batch) == SS_PLUGIN_FAILURE && count == 0, "next_batch");
    expect_error(state, NOT_OPEN);
    expect(strcmp(api.get_progress(state, instance, &progress), "") == 0 && progress == 0, "get_progress");
    expect_error(state, NOT_OPEN);
    api.close(state, instance);
}

static void close_twice(void)
{
    ss_plugin_t *state = init(), *other = init();
    ss_instance_t *instance = open_source(state), *kept = open_source(state);
    uint32_t count;
    events batch;

    use_closed(other, instance);
    api.close(state, instance);
    use_closed(state, instance);
    use_closed(state, NULL);
    expect(api.next_batch(state, kept, &count, &batch) == SS_PLUGIN_SUCCESS && count == 1, "the other");
    api.close(state, kept);
    api.destroy(other);
    api.destroy(state);
}

static void destroy_open(void)
{
    ss_plugin_t *state = init();
    uint32_t count;
    events batch;

    api.next_batch(state, open_source(state), &count, &batch);
    open_source(state);
    api.destroy(state);
}

/* ---- cases ---- */

static const struct {
    const char *name;
    void (*run)(void);
} cases[] = {
    {"close twice", close_twice},
    {"destroy while open", destroy_open},
};

int main(int argc, char **argv)
{
    if (argc == 3) {
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            if (strcmp(cases[i].name, argv[2]) == 0) {
                alarm(60); /* it hangs */
                load(argv[1]);
                cases[i].run();
                return 0;
            }
        }
    }
    fprintf(stderr, "usage: %s LIBRARY CASE\n", argv[0]);
    return 2;
}
