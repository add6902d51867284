/*
 * inspector: what the plugin states of one event source share: state tables.
 *
 * It has a table "threads", much as libsinsp's, and the tables that plugins offer. Counted: each state, each
 * Lua object holds a reference.
 */
#ifndef LURE_TESTHOST_INSPECTOR_H
#define LURE_TESTHOST_INSPECTOR_H

#include "testhost/tableregistry.h"

/* NULL: out of memory. */
struct inspector *inspector_new(void);
struct inspector *inspector_ref(struct inspector *inspector);
void inspector_unref(struct inspector *inspector);

/* A state's part in it, to be left when the state is destroyed: then the tables that it offered are gone. */
bool inspector_join(struct inspector *inspector, struct state *state);
void inspector_leave(struct state *state);

#endif
