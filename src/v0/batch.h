/*
 * v0/batch: events in the layout of the plugin API 0.3.0.
 *
 * The host gets one array of structs that point to their payloads, and reads them until
 * the next batch.
 */
#ifndef LURE_V0_BATCH_H
#define LURE_V0_BATCH_H

#include "plugin/sourcing.h"
#include "v0/abi.h"

struct batch;

/* NULL: out of memory. Freed through its writer. */
struct batch *batch_new(void);

/* The batch as sourcing sees it. */
struct batch_writer *batch_writer(struct batch *batch);

uint32_t batch_count(const struct batch *batch);

/* Valid until the next batch; NULL if it never had an event. */
ss_plugin_event *batch_events(const struct batch *batch);

#endif
