/*
 * repeated: a function of the script's that is called at intervals, as a background task: `async`, and those
 * of `every`.
 *
 * A call may wait; the next one begins an interval after the last has begun, or ended if it took longer. An
 * error is logged, and it is called again.
 *
 * Owner: who embeds it. Callers hold the plugin state's lock.
 */
#ifndef LURE_PLUGIN_REPEATED_H
#define LURE_PLUGIN_REPEATED_H

#include "plugin/background.h"
#include "plugin/circuitbreaker.h"
#include "plugin/taskrun.h"
#include "task/taskgroup.h"

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

/* The first five members are the owner's to set. */
struct repeated {
    struct task_name name;
    struct breaker *breaker;
    lua_CFunction call_lj; /* calls it, and may wait. Stack: [this repeated] */
    bool goes_on; /* true before each call, which may change it: false ends it, also while the call goes on */
    void (*ended)(struct repeated *repeated); /* that has happened, and no call is left; may free it */

    struct poller *poller;
    int64_t interval; /* ns */
    struct poller_deadline deadline;
    struct task task;
    int thread; /* reference to its coroutine, since the first call */
};

/* It is called after `delay` seconds, then every `interval`. background_start has to follow. */
void repeated_start(struct repeated *repeated, struct plugin *plugin, enum background_group group,
                    double delay, double interval);

/* No call begins any more. True: none goes on either, and repeated_close may follow at once; else
 * background_cancel of its group has to come before. */
bool repeated_stop(struct repeated *repeated);

/* Gives its coroutine back. */
void repeated_close(struct repeated *repeated, struct plugin *plugin);

/* For background.c: `task`, which belongs to one, is ready. */
void repeated_resume(struct plugin *plugin, struct task *task);

#endif
