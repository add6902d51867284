/*
 * manifest: what a script declares in the table that it returns, checked and converted to C.
 *
 * The table is read once; later writes to it have no effect. Immutable after manifest_read, so threads may
 * share it.
 */
#ifndef LURE_SCRIPT_MANIFEST_H
#define LURE_SCRIPT_MANIFEST_H

#include "event/fieldtypes.h"
#include "format/format.h"
#include "modules/log.h"
#include "script/eventfilter.h"
#include "script/field.h"
#include "script/findings.h"
#include "script/keys.h"
#include "script/limits.h"
#include "script/scriptsource.h"
#include "script/statetables.h"

#include <cJSON.h>
#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest batch. */
struct batch_limits {
    uint32_t events;
    size_t bytes;
    unsigned milliseconds;
};

struct manifest {
    enum abi api;  /* the API that it was read for */
    size_t copied; /* bytes of what it has copied from the script */
    struct script_source *source;
    struct script_source **modules; /* that it requires at its top level */
    size_t module_count;
    struct findings findings; /* all that is wrong; nothing else is to be used if there are any */

    bool has[KEY_COUNT];   /* which keys the script's table has */
    bool wrong[KEY_COUNT]; /* those that it has with a value of a wrong type, or misspelt, and so not */
    char *name, *description, *contact, *version;
    uint32_t id; /* 0: no source of its own */
    char *event_source;
    char *required_api_version; /* what the script insists on, or NULL */
    struct format *format;      /* of payloads, or NULL: the script says none */
    struct field *fields;
    size_t field_count;
    struct paths *when; /* only events in which one of these finds something have fields; or NULL: all */
    cJSON *config;      /* properties of the configuration, or NULL */
    cJSON *init_schema; /* a whole JSON Schema, or NULL */
    cJSON *params;      /* properties of the open parameters, or NULL */
    cJSON *open_params; /* suggestions, a list of objects; NULL if there are none or a function makes them */
    struct filter extract, parse;         /* events for field functions and for `parse` */
    cJSON *async_events;                  /* a list of names, or NULL */
    cJSON *async_event_sources;           /* the same */
    double async_interval;                /* seconds */
    char *required_event_schema_version;  /* or NULL */
    struct declared_tables used, offered; /* state tables: lure.table, and the key `tables` */
    struct batch_limits batch;
};

/* Runs the script's top level in a Lua state of its own, and reads the returned table. Errors of the script
 * are in the manifest's findings. `budget`: of the plugin state that the script is for, or NULL: one of its
 * own. NULL: out of memory. */
struct manifest *manifest_read(struct script_source *source, enum abi api, const struct limits *limits,
                               struct memory_budget *budget, struct log *log);

/* NULL is allowed. */
void manifest_free(struct manifest *manifest);

/* True if the script is an event source. */
static inline bool manifest_is_source(const struct manifest *manifest)
{
    return manifest->has[KEY_OPEN] || manifest->has[KEY_NEXT] || manifest->has[KEY_PRODUCE];
}

/* The field called `name`, or NULL. */
const struct field *manifest_field(const struct manifest *manifest, const char *name);

/*
 * Runs the script's top level in the vm that `L` belongs to. Throws if that fails or it returns no
 * table. Stack: [] -> [table]
 */
void manifest_run_script_lj(lua_State *L);

/* Reads suggestions for open: a list of { value, desc, separator }, or of strings. NULL, and a finding: it is
 * none. The caller deletes it. Stack: unchanged */
cJSON *manifest_read_open_params_lj(lua_State *L, int index, struct findings *findings);

#endif
