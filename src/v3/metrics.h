/*
 * v3/metrics: numbers about the plugin, for the host's own metrics.
 *
 * Those of the script's `metrics()`, and lure's own: calls, errors and seconds of each callback
 * that the script has, and the memory of its Lua state. Falco asks on its web server's thread
 * while events run: who cannot have a turn within 100 ms gets the last values.
 */
#ifndef LURE_V3_METRICS_H
#define LURE_V3_METRICS_H

#include "event/pool.h"
#include "v3/abi.h"

struct handle;

/* What the host was given last; it reads it until it asks again. */
struct metrics {
    struct pool pool; /* of the list and its names */
    ss_plugin_metric *items;
    uint32_t count, room;
};

void metrics_close(struct handle *handle);

#endif
