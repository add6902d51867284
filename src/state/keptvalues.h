/*
 * keptvalues: the values of lure.state: a small table that outlives the host.
 *
 * A change is in memory until keptvalues_commit, which writes the whole table (slotfile.h) if anything has
 * changed. The file is PLUGIN.state.
 *
 * Owner: the plugin state. Callers hold its lock.
 */
#ifndef LURE_STATE_KEPTVALUES_H
#define LURE_STATE_KEPTVALUES_H

#include "state/slotfile.h"
#include "state/stateplace.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEPTVALUES_LONGEST_KEY ((size_t)256)
#define KEPTVALUES_MOST        ((size_t)64 * 1024) /* bytes of all, each with 16 more */

enum kept_kind { KEPT_NOTHING, KEPT_TEXT, KEPT_INTEGER, KEPT_FLOAT, KEPT_BOOLEAN };

struct kept_value {
    enum kept_kind kind;
    union {
        int64_t integer;
        double number;
        bool boolean;
    };
    const char *text; /* KEPT_TEXT */
    size_t size;
};

struct kept_entry;

struct kept_values {
    struct slotfile file;
    struct kept_entry **entries; /* by key */
    size_t count, room;
    size_t bytes; /* of all, as they are written */
    bool open, changed;
};

enum kept_outcome { KEPT_DONE, KEPT_TOO_MUCH, KEPT_NO_MEMORY };

/* Reads the file. Problems with it are told, and the values are in memory only. False: out of memory. All
 * zero is one that is not open, of which `open` is false. */
bool keptvalues_open(struct kept_values *values, const struct state_place *place);

/* The value; its text is valid until the next change. KEPT_NOTHING: there is none. */
struct kept_value keptvalues_get(const struct kept_values *values, const char *key, size_t length);

/* Sets, or removes (KEPT_NOTHING). The key has at most KEPTVALUES_LONGEST_KEY bytes. */
enum kept_outcome keptvalues_set(struct kept_values *values, const char *key, size_t length,
                                 const struct kept_value *value);

/* False: out of memory; the next one tries again. */
bool keptvalues_commit(struct kept_values *values);

/* The same, at the end; waits until it is on the disk, and frees all. */
void keptvalues_close(struct kept_values *values);

#endif
