/*
 * instance: an open event source of a plugin state: its Lua values, its batch, and its errors so far.
 *
 * Shared by eventsource.c (open, close, progress), nextbatch.c and advance.c (batches) and scriptswap.c
 * (another script goes on with it), and by no one else. References are to values in the registry of the
 * state's vm, or LUA_NOREF.
 */
#ifndef LURE_PLUGIN_INSTANCE_H
#define LURE_PLUGIN_INSTANCE_H

#include "lua/eval.h"
#include "plugin/delivery.h"
#include "plugin/eventsource.h"
#include "plugin/payloads.h"
#include "plugin/plugin.h"
#include "task/taskgroup.h"

#include <lua.h>

enum iterator_value { ITERATOR_STATE = 1, ITERATOR_CONTROL, ITERATOR_CLOSING };

/* The calls of `next`, or of the iterator, that fill a batch. */
struct next_calls {
    struct instance *instance;
    int64_t until;  /* no call begins later; without calls, see UNTIMED_PAYLOADS */
    enum step step; /* of the last */
    bool gave_up;   /* it returned nil and a text: the source's end, not an accident */
    bool first;     /* none was made yet */

    uint64_t evaluated; /* payloads that it returned without being called, in a row */
    bool is_short;      /* each of them took no time worth mentioning */
    bool tried;         /* that the next one has to be called is known */
};

struct instance {
    struct plugin *plugin;
    struct instance *following; /* in the plugin's list */
    struct batch_writer *batch;
    uint32_t events; /* in the batch */
    size_t bytes;
    bool filling; /* a thread is in eventsource_fill, perhaps waiting without the lock */
    char *params; /* what the host opened it with */

    struct task_group group;
    struct task task;          /* that calls `next` */
    int thread;                /* reference to its coroutine */
    struct next_calls calls;   /* what that is about: it may wait in the middle */
    struct task_queue blocked; /* tasks in `emit`, which go on in the next batch */
    struct delivery delivery;
    int emit;                /* reference to the function that `produce` gets, or LUA_NOREF */
    struct emitter *emitter; /* what that knows, or NULL */

    int self;      /* reference to what `open` returned: the instance, or the iterator's function; LUA_NOREF:
                    * it is closed in the script */
    int iterator;  /* reference to a table of the rest of the iterator, by enum iterator_value */
    bool iterates; /* the script has no `next`, but an iterator */
    bool produces; /* it has `produce`, and `self` are the parameters */
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
    int64_t slow;                /* a call that takes longer, in ns, is slow: batch.milliseconds */
    int64_t began;               /* on CLOCK_MONOTONIC_COARSE: the call of `next`, or what emits */
    int64_t slow_until;    /* on the same: a call was slow so short a time ago that the next may be, too */
    int64_t pause, resume; /* after an error: how long, and when to try again, in ns */
};

/* Slow calls in a time of so many times batch.milliseconds make one expect another. */
#define PACE_TIMES 10

/* A payload has come. `time`: now, on CLOCK_MONOTONIC_COARSE. */
static inline void pace_note(struct instance *instance, int64_t time)
{
    if (__builtin_expect(time - instance->began > instance->slow, 0)) {
        instance->slow_until = time + PACE_TIMES * instance->slow;
    }
    instance->began = time;
}

/* True if the script may block in a call, so that events which are there must not wait for it. */
static inline bool pace_is_slow(const struct instance *instance)
{
    return instance->began < instance->slow_until;
}

/* False: the batch is full. */
static inline bool instance_has_room(const struct instance *instance)
{
    const struct batch_limits *limits = &instance->plugin->script->batch;

    return instance->events < limits->events && instance->bytes < limits->bytes;
}

/* Closes the iterator's closing value (the fourth of a generic `for`), once. */
void instance_close_iterator(struct instance *instance);

/* Calls the script's `open`, and keeps what it returns. False: plugin_error says why. */
bool instance_open(struct instance *instance, const cJSON *params);

/* Makes the `emit` of an instance. Throws. Stack: unchanged */
void emit_open_lj(lua_State *L, struct instance *instance);

/* From now on it only throws. */
void emit_close(struct instance *instance);

/* True if the batch takes no more, so that tasks in `emit` wait for the next. */
static inline bool emit_waits(const struct instance *instance)
{
    return instance->blocked.first != NULL;
}

/* Calls the script's `close`, unless that was done, and releases what `open` returned. */
void instance_close(struct instance *instance);

#endif
