/*
 * v3/metrics: the metrics of the plugin state, for plugin_get_metrics.
 *
 * They are those of the script's `metrics()` and lure's own: calls, errors and seconds of each callback of
 * the script, and the memory of its Lua state. Falco asks for them on its web server's thread while events
 * are processed: if the state's lock is not free within 100 ms, the last values are returned; and none when
 * the state has ended.
 */
#ifndef LURE_V3_METRICS_H
#define LURE_V3_METRICS_H

#include "v3/abi.h"

#include <stdbool.h>

struct handle;

/* The result for one thread, which it reads until its next call: Falco asks on the threads of its web server,
 * and where it writes statistics. */
struct metrics_list;

struct metrics {
    struct metrics_list
        *lists;    /* grows at its head, atomically; of threads that have ended they are used again */
    bool updating; /* the thread that holds the plugin state's lock is in get_metrics */
};

/* The thread that holds the lock has left get_metrics, if it was there, by an exception or a longjmp. */
void metrics_abandon(struct handle *handle);

/* When the state has ended: waits for the threads that are in get_metrics. */
void metrics_close(struct handle *handle);

#endif
