/*
 * instance: what sourcing keeps of an open event source.
 *
 * Shared by sourcing.c (open, close, progress) and filling.c (batches) and by no one else.
 * References are to values in the registry of the state's vm, or LUA_NOREF.
 */
#ifndef LURE_PLUGIN_INSTANCE_H
#define LURE_PLUGIN_INSTANCE_H

#include "plugin/sourcing.h"

#include <lua.h>

enum iterator_value { ITERATOR_STATE = 1, ITERATOR_CONTROL, ITERATOR_CLOSING };

struct instance {
    struct plugin *plugin;
    struct instance *following; /* in the plugin's list */
    struct batch_writer *batch;
    uint32_t events; /* in the batch */
    size_t bytes;

    int self;      /* reference to what `open` returned: the instance, or the iterator's function */
    int iterator;  /* reference to a table of the rest of the iterator, by enum iterator_value */
    bool iterates; /* the script has no `next` */
    bool closed;   /* the iterator's closing value is */
    int waiting;   /* reference to a payload or a list of them that had no room, or LUA_NOREF */
    lua_Integer waiting_from; /* where to go on in the list */
    uint64_t waiting_ts;
    bool over;                 /* `final` is what all further batches say */
    enum source_outcome final; /* SOURCE_END or SOURCE_FAILED */
    char *final_error;         /* SOURCE_FAILED */
    unsigned errors;           /* of `next` in a row */
    int64_t pause, resume;     /* after an error: how long, and when to try again, in ns */
};

/* Closes the value that an iterator brought for that, once. */
void instance_close_iterator(struct instance *instance);

#endif
