/*
 * v3/tableentries: Lua objects for entries of state tables, each released to its table exactly once.
 *
 * Not thread safe: callers hold the state's lock.
 */
#ifndef LURE_V3_TABLEENTRIES_H
#define LURE_V3_TABLEENTRIES_H

#include "v3/resolvedtable.h"

enum entry_state {
    ENTRY_GONE,
    ENTRY_HELD,    /* to be released */
    ENTRY_CREATED, /* in no table yet: to be destroyed */
    ENTRY_LENT     /* by an iteration, for one step: nothing to be done */
};

/* A userdata; in the list of live ones while it is not gone. */
struct entry_object {
    const struct state_table *kind;
    ss_plugin_table_t *table;
    ss_plugin_table_entry_t *entry;
    enum entry_state state;
    struct entry_object *next, **link;
};

/* Takes over `entry`. Never throws. */
void entry_take(struct tables *tables, struct entry_object *object, ss_plugin_table_entry_t *entry,
                enum entry_state state);

/* Releases the entry unless that has been done; the object is invalid afterwards. */
void entry_let_go(struct entry_object *object);

/* An iteration leaves `entry`, whose object the script may have kept: invalidates it. */
void entries_end_lent(struct tables *tables, const ss_plugin_table_entry_t *entry);

#endif
