/*
 * v3/batch: builds event batches in the memory layout of the plugin API 3.
 *
 * An event is a header of 26 bytes, two lengths of 4, the plugin's id in 4, and the payload from byte 38 on.
 * The host gets an array of pointers to the events, and reads them until the next batch.
 */
#ifndef LURE_V3_BATCH_H
#define LURE_V3_BATCH_H

#include "base/memorybudget.h"
#include "plugin/batchwriter.h"
#include "v3/abi.h"

/* A batch of events of the plugin with this id. NULL: out of memory. Its `free` frees it. */
struct batch_writer *batch_new(uint32_t plugin_id, struct memory_budget *budget);

/* The number of events. */
uint32_t batch_count(const struct batch_writer *writer);

/* Valid until the next batch, with NULL behind the last; NULL if it never had an event. */
ss_plugin_event **batch_events(const struct batch_writer *writer);

/* Where batch_events has the event after the one at `address`, or the NULL; also if that is not found, or
 * comes after an event that was looked for before. */
ss_plugin_event *const *batch_behind(struct batch_writer *writer, const void *address);

#endif
