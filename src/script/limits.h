/*
 * limits: the limits of a script (memory, time, sandbox, ...), read from `init_config.lure`.
 *
 * They are read before any Lua runs. With the defaults a script cannot exhaust the host's memory or time.
 */
#ifndef LURE_SCRIPT_LIMITS_H
#define LURE_SCRIPT_LIMITS_H

#include "script/optimizations.h"

#include <cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* What the safe sandbox does not have, unless `allow` lists it: modules, and lure.state. */
#define RESTRICTED_MODULES(X) X(file) X(process) X(net) X(http) X(state)

enum restricted_module {
#define RESTRICTED_MODULE(name) RESTRICTED_##name,
    RESTRICTED_MODULES(RESTRICTED_MODULE)
#undef RESTRICTED_MODULE
        RESTRICTED_COUNT
};

struct limits {
    size_t memory;                 /* bytes that the Lua state may hold */
    double time;                   /* seconds that one callback may take */
    unsigned max_errors;           /* of `next` in a row; 0: any number */
    bool safe;                     /* sandbox: no io, no os beyond time functions, no C modules */
    double reload;                 /* seconds between two looks whether the script has changed; 0: none */
    int log_level;                 /* modules/log.h: what is less grave is not shown */
    bool trust;                    /* read Lua that others than root may write, though running as root */
    bool host_log_only;            /* what the host's log has is not written to standard error as well */
    struct optimizations optimize; /* those that are on */
    char *path;                    /* directories of Lua modules, separated by ";", or NULL */
    cJSON *env;                    /* names of the variables that lure.env may read, or NULL */
    char *state;                   /* the directory of what outlives the host, or NULL: state/statefolder.h */
    bool keeps_nothing;            /* there is none */
    unsigned allowed;              /* a bit for each restricted module */
};

/* The defaults, with `path`, `env` and `state` NULL. The environment variable LURE_TRUST=1 sets `trust`. */
struct limits limits_default(void);

/*
 * Reads the object `lure` (NULL: the defaults) into `limits`. False: `*error` is a text
 * that the caller frees (NULL: out of memory), and `limits` holds the defaults.
 */
bool limits_read(const cJSON *lure, struct limits *limits, char **error);

void limits_free(struct limits *limits);

/* True if the script may use that module. */
bool limits_allow(const struct limits *limits, enum restricted_module module);

#endif
