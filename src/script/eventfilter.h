/*
 * eventfilter: which events a script wants to see, by event source and event type.
 *
 * If a script names no sources, they are its own, or all if it has none. If it names no types, they are only
 * plugin events (322), unless `syscall` is among the sources: then all. Hosts filter by these lists; lure
 * filters again, so that a script never gets an event that it did not ask for.
 *
 * Owner: the manifest. Immutable after reading.
 */
#ifndef LURE_SCRIPT_EVENTFILTER_H
#define LURE_SCRIPT_EVENTFILTER_H

#include "script/findings.h"
#include "script/keys.h"

#include <cJSON.h>
#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

/* Event source of the kernel's events. */
#define FILTER_SYSCALL "syscall"

struct filter {
    cJSON *sources;  /* a list of names; NULL: the script named none */
    uint16_t *types; /* for the host; NULL with a count of 0: all */
    uint32_t count;
};

/* Reads a list of names, each a string that is not empty, under `key` of the plugin table at `index`. NULL,
 * and a finding: it is none. The caller deletes it. Stack: unchanged */
cJSON *names_read_lj(lua_State *L, int index, enum script_key key, struct findings *findings);

/*
 * Reads the lists under the two keys of the plugin table at `index`; `has` says which keys are
 * there. `filter` is complete at any moment, so that it can be freed if Lua throws. Stack: unchanged
 */
void filter_read_lj(lua_State *L, int index, const bool *has, enum script_key sources, enum script_key types,
                    struct filter *filter, struct findings *findings);

void filter_free(struct filter *filter);

/* True if the script wants events of this type from this source (NULL: unknown, which passes). `own`: the
 * script's own event source, or NULL. */
bool filter_takes(const struct filter *filter, const char *own, uint16_t type, const char *source);

/* True if the filter accepts other types than plugin events: then hosts ask for the event schema. */
bool filter_takes_syscalls(const struct filter *filter);

#endif
