/*
 * library: a plugin's shared object, and what it declares: name, fields, event sources, exported functions.
 *
 * Made by library_load (load.h), with the functions of a driver. Immutable afterwards: threads may share it.
 */
#ifndef LURE_TESTHOST_LIBRARY_H
#define LURE_TESTHOST_LIBRARY_H

#include "testhost/declaredfields.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct driver;

enum capability {
    CAPABILITY_SOURCING = 1,
    CAPABILITY_EXTRACTION = 2,
    CAPABILITY_PARSING = 4,
    CAPABILITY_ASYNC = 8,
    CAPABILITY_LISTENING = 16
};

struct load_options {
    unsigned minor;          /* act as a host of plugin API 3.<minor> */
    int api;                 /* 0 or 3; -1: what the library is */
    bool lazy;               /* RTLD_LAZY, as hosts up to libs 0.21 */
    struct string_list only; /* look up these symbols only (names without "plugin_"); none: all */
    bool restrict_names;     /* `only` counts */
    bool log_to_stderr;      /* of what the plugin logs only the last error is kept */
};

struct symbol {
    const char *name; /* without "plugin_" */
    void *address;    /* NULL: not there */
};

struct library {
    const struct driver *driver;
    struct load_options options;
    char *path;
    void *handle;
    struct symbol *symbols; /* in the order of the look-ups */
    size_t symbol_count;
    unsigned capabilities; /* enum capability */

    char *required_api_version; /* the whole text that the plugin returned, or NULL */
    unsigned required_minor;
    char *name, *description, *contact, *version;
    uint32_t id;
    char *event_source; /* NULL: none */
    char *init_schema;  /* NULL: none */
    bool json_schema;
    char *fields_json; /* NULL: no fields */
    struct field_list fields;
    struct string_list extract_sources, parse_sources, async_sources, async_events;
    struct event_types extract_types, parse_types; /* of 3.0 hosts; later ones ask the plugin's state */
};

/* Forgets what is known of it. The shared object stays in the process. */
void library_free(struct library *library);

/* lure_console of lure's own library (v3/console.h), which is not of the plugin API; NULL: it has none. */
void *library_console(const struct library *library);

/* For drivers: does this host look that symbol up? */
bool library_looks_up(const struct library *library, const char *name);

/* For drivers: looks up one symbol, unless the options say that this host does not. */
void *library_look_up(struct library *library, const char *name);

/* For drivers: keeps a copy of what the plugin returned. False: it was NULL or memory is out; `message` is
 * set. */
bool library_keep(char **where, const char *answer, const char *symbol, char *message);

/* Is `text` "x.y.z", as sscanf sees it? */
bool library_parse_version(const char *text, unsigned version[3]);

/* Checks the text for init against the schema as far as a JSON parser can; true: fine. `config` "" counts as
 * {}. */
bool library_check_config(const struct library *library, const char *config, char *message);

#endif
