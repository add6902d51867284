/*
 * instance: an open event source of a plugin state: its Lua values, its batch, and its errors so far.
 *
 * Shared by eventsource.c (open, close, progress), nextbatch.c (batches) and scriptswap.c (another
 * script goes on with it), and by no one else.
 * References are to values in the registry of the state's vm, or LUA_NOREF.
 */
#ifndef LURE_PLUGIN_INSTANCE_H
#define LURE_PLUGIN_INSTANCE_H

#include "lua/eval.h"
#include "plugin/eventsource.h"

#include <lua.h>

enum iterator_value { ITERATOR_STATE = 1, ITERATOR_CONTROL, ITERATOR_CLOSING };

struct instance {
    struct plugin *plugin;
    struct instance *following; /* in the plugin's list */
    struct batch_writer *batch;
    uint32_t events; /* in the batch */
    size_t bytes;
    bool filling; /* a thread is in eventsource_fill, perhaps waiting without the lock */
    char *params; /* what the host opened it with, for a reload; or NULL */

    int self;      /* reference to what `open` returned: the instance, or the iterator's function; LUA_NOREF:
                    * it is closed in the script */
    int iterator;  /* reference to a table of the rest of the iterator, by enum iterator_value */
    bool iterates; /* the script has no `next` */
    bool closed;   /* the iterator's closing value is */
    int waiting;   /* reference to a payload or a list of them that had no room, or LUA_NOREF */
    int aside;     /* the same while a reload tries another script: in the registry of the one put aside */
    lua_Integer waiting_from; /* where to go on in the list */
    uint64_t waiting_ts;
    bool over;                   /* `final` is the outcome of all further batches */
    enum source_outcome final;   /* SOURCE_END or SOURCE_FAILED */
    char *final_error;           /* SOURCE_FAILED */
    unsigned errors;             /* of `next` in a row */
    struct eval_history history; /* of direct evaluation of `next` */
    int64_t pause, resume;       /* after an error: how long, and when to try again, in ns */
};

/* Closes the iterator's closing value (the fourth of a generic `for`), once. */
void instance_close_iterator(struct instance *instance);

/* Calls the script's `open`, and keeps what it returns. False: plugin_error says why. */
bool instance_open(struct instance *instance, const cJSON *params);

/* Calls the script's `close`, unless that was done, and releases what `open` returned. */
void instance_close(struct instance *instance);

#endif
