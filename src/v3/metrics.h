/*
 * v3/metrics: numbers about the plugin, for the host's own metrics.
 *
 * Those of the script's `metrics()`, and lure's own: calls, errors and seconds of each callback
 * that the script has, and the memory of its Lua state. Falco asks on its web server's thread
 * while events run: who cannot have a turn within 100 ms gets the last values.
 */
#ifndef LURE_V3_METRICS_H
#define LURE_V3_METRICS_H

#include "v3/abi.h"

struct handle;

/* One thread's answer, which it reads until it asks again: Falco asks on its web server's threads, and where
 * it writes statistics. */
struct metrics_list;

struct metrics {
    struct metrics_list
        *lists; /* grows at its head, atomically; of threads that have ended they are used again */
};

void metrics_close(struct handle *handle);

#endif
