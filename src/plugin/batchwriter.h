/*
 * batchwriter: an interface for the batch of events that one next_batch returns; each plugin API version
 * implements it in its own memory layout (v0/batch.h, v3/batch.h).
 *
 * Owner: the instance that was opened with it. Not thread safe: callers hold the plugin state's lock.
 */
#ifndef LURE_PLUGIN_BATCHWRITER_H
#define LURE_PLUGIN_BATCHWRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event;
struct instance;

/* The time of an event whose time the host sets. */
#define BATCH_NO_TIME UINT64_MAX

struct batch_writer {
    /* Copies a payload into the batch. False: out of memory. */
    bool (*add)(struct batch_writer *batch, const void *payload, size_t size, uint64_t ts);
    /* Empties it; its memory is used again. */
    void (*reset)(struct batch_writer *batch);
    /* True if `address` is in the batch's memory. */
    bool (*owns)(const struct batch_writer *batch, const void *address);
    /* Reads the events behind the one at `address`, at most so many, as hosts will show them: all but number,
     * time, thread and source, which stay as they are. Returns how many. NULL: not implemented. */
    uint32_t (*following)(struct batch_writer *batch, const void *address, struct event *events,
                          uint32_t most);
    void (*free)(struct batch_writer *batch);
};

/* The batch that `address` is in, of one of the instances in this list; or NULL. */
struct batch_writer *instances_batch(const struct instance *instances, const void *address);

#endif
