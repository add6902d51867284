/*
 * identity: which script this library runs, and what it tells the host before plugin_init.
 *
 * Hosts ask for name, version and fields before there is a plugin state, so the script is found when the
 * library is loaded. The first match counts: a script packed in this very file (bundle.h); the entry of the
 * host's configuration whose library is this file (hostconfig/hostconfig.h); a script beside the library
 * (libdummy.so: dummy.lua); the environment variable LURE_SCRIPT. Without any of these it is the generic
 * identity: two fields that stand for those of a script that init_config names later.
 *
 * Immutable after identity_make, and reference counted: every loading and every plugin state holds a
 * reference. Threads may share it.
 */
#ifndef LURE_IDENTITY_IDENTITY_H
#define LURE_IDENTITY_IDENTITY_H

#include "event/fieldtypes.h"
#include "script/manifest.h"

#include <stdbool.h>

enum identity_text {
    IDENTITY_API_VERSION, /* for get_required_api_version; the others are JSON */
    IDENTITY_INIT_SCHEMA,
    IDENTITY_FIELDS,
    IDENTITY_EXTRACT_SOURCES,
    IDENTITY_PARSE_SOURCES,
    IDENTITY_ASYNC_EVENTS,
    IDENTITY_ASYNC_SOURCES,
    IDENTITY_TEXTS
};

struct identity {
    int references; /* changed atomically */
    enum abi api;
    struct manifest *manifest; /* NULL: there is a problem */
    bool generic;
    bool trusted;      /* the script was read with init_config.lure.trust, or LURE_TRUST */
    bool log_is_shown; /* by the host, on standard error */
    char *base;        /* directory that a relative init_config.script is relative to */
    char *limits_text; /* init_config.lure that the script was read with, as JSON; NULL: none */
    cJSON *written;    /* init_config as hostconfig/initconfig.h has it; NULL: it is no map */
    char *problem;     /* why there is no manifest: what get_required_api_version returns, or NULL */
    char *texts[IDENTITY_TEXTS]; /* what hosts ask for; NULL: the script has no such thing */
};

/* Finds and reads the script. Returns `previous`, with a new reference, if nothing has changed. NULL: out of
 * memory. Any other error is kept in `problem`, and was written to standard error. */
struct identity *identity_make(enum abi api, struct identity *previous);

struct identity *identity_hold(struct identity *identity);

/* The last one to release frees it. NULL is allowed. */
void identity_release(struct identity *identity);

/* True if the script has `key`, and there is no problem. */
bool identity_has(const struct identity *identity, enum script_key key);

/* True if the script takes kernel events, and there is no problem. */
bool identity_takes_syscalls(const struct identity *identity);

/* True if it is an event source, and there is no problem. */
bool identity_is_source(const struct identity *identity);

#endif
