/*
 * batchwriter: a batch of events in the layout of the host's plugin API (v0/batch.h, v3/batch.h), as a plugin
 * state sees it.
 *
 * Owner: the instance that was opened with it.
 */
#ifndef LURE_PLUGIN_BATCHWRITER_H
#define LURE_PLUGIN_BATCHWRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event;
struct instance;

/* Time of an event that the host is to set. */
#define SOURCING_NO_TIME UINT64_MAX

struct batch_writer {
    /* Copies a payload into the batch. False: out of memory. */
    bool (*add)(struct batch_writer *batch, const void *payload, size_t size, uint64_t ts);
    /* Empties it; its memory is used again. */
    void (*reset)(struct batch_writer *batch);
    /* True if `address` is in the batch's memory. */
    bool (*owns)(const struct batch_writer *batch, const void *address);
    /* Reads the events behind the one at `address`, at most so many, as hosts will show them: all but number,
     * time, thread and source, which stay as they are. Answers how many. NULL: it has no such. */
    uint32_t (*following)(struct batch_writer *batch, const void *address, struct event *events,
                          uint32_t most);
    void (*free)(struct batch_writer *batch);
};

/* The batch that `address` is in, of one of the instances in this list; or NULL. */
struct batch_writer *instances_batch(const struct instance *instances, const void *address);

#endif
