/*
 * v0/batch: builds event batches in the memory layout of the plugin API 0.3.0.
 *
 * The host gets one array of structs that point to their payloads, and reads them until the next batch.
 */
#ifndef LURE_V0_BATCH_H
#define LURE_V0_BATCH_H

#include "base/memorybudget.h"
#include "plugin/batchwriter.h"
#include "v0/abi.h"

/* An empty batch. NULL: out of memory. Its `free` frees it. */
struct batch_writer *batch_new(struct memory_budget *budget);

/* The number of events. */
uint32_t batch_count(const struct batch_writer *writer);

/* Valid until the next batch; NULL if it never had an event. */
ss_plugin_event *batch_events(const struct batch_writer *writer);

#endif
