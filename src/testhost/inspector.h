/*
 * inspector: the state tables that plugin states of one event source share, as in an inspector of libsinsp.
 *
 * It has a table "threads", similar to libsinsp's, and the tables that plugins offer. Reference counted:
 * each plugin state and each Lua object holds a reference.
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
