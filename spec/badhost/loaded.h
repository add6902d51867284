/*
 * loaded: a library under test, and what the tests of bad hosts say of it. Included once, behind an abi.h.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *library_path;
static void *library;
static struct {
#define SYMBOL(name, ...) plugin_##name##_fn *name;
    PLUGIN_API_SYMBOLS(SYMBOL)
#undef SYMBOL
} api;

static inline void load(void)
{
    library = dlopen(library_path, RTLD_LOCAL | RTLD_NOW);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(2);
    }
#define LOOK_UP(name, ...) *(void **)&api.name = dlsym(library, "plugin_" #name);
    PLUGIN_API_SYMBOLS(LOOK_UP)
#undef LOOK_UP
}

static const char *doing = ""; /* what the message of a failed expectation begins with */

static inline void expect(bool condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "wrong: %s%s\n", doing, what);
        exit(1);
    }
}

/* How a call ended. */
enum answer {
    REFUSED,
    DONE,           /* it did something with a state */
    NO_STATE_NEEDED /* it answers without one */
};

static inline enum answer done_if(bool done)
{
    return done ? DONE : REFUSED;
}

static inline enum answer told(const char *text)
{
    return text != NULL ? NO_STATE_NEEDED : REFUSED;
}
