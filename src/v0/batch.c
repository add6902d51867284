#include "v0/batch.h"

#include "base/pool.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_EVENTS 16u
#define KEPT_BYTES   (2u << 20)

struct batch {
    struct batch_writer writer; /* first, so that a writer is its batch */
    uint32_t count, room;
    ss_plugin_event *events;
    struct pool pool; /* of the payloads */
};

static struct batch *batch_of(struct batch_writer *writer)
{
    return (struct batch *)writer;
}

/* The array may be reallocated while it is filled: the host sees it only when the batch is complete. */
static bool make_room(struct batch *batch)
{
    uint32_t room = batch->room == 0 ? FIRST_EVENTS : 2 * batch->room;
    ss_plugin_event *events;

    if (batch->count < batch->room) {
        return true;
    }
    events = realloc(batch->events, room * sizeof(*events));
    if (events == NULL) {
        return false;
    }
    batch->events = events;
    batch->room = room;
    return true;
}

static bool add(struct batch_writer *writer, const void *payload, size_t size, uint64_t ts)
{
    struct batch *batch = batch_of(writer);
    char *copy = make_room(batch) ? pool_text(&batch->pool, payload, size) : NULL;

    if (copy == NULL) {
        return false;
    }
    batch->events[batch->count++] =
        (ss_plugin_event){.data = (const uint8_t *)copy, .datalen = (uint32_t)size, .ts = ts};
    return true;
}

static void reset(struct batch_writer *writer)
{
    struct batch *batch = batch_of(writer);

    batch->count = 0;
    pool_reset(&batch->pool, KEPT_BYTES);
}

/* Hosts pass an event in a struct of their own, so it is recognized by its payload. */
static bool owns(const struct batch_writer *writer, const void *address)
{
    return pool_owns(&((const struct batch *)writer)->pool, address);
}

static void free_batch(struct batch_writer *writer)
{
    struct batch *batch = batch_of(writer);

    pool_free(&batch->pool);
    free(batch->events);
    free(batch);
}

struct batch_writer *batch_new(void)
{
    struct batch *batch = calloc(1, sizeof(*batch));

    if (batch == NULL) {
        return NULL;
    }
    batch->writer = (struct batch_writer){.add = add, .reset = reset, .owns = owns, .free = free_batch};
    return &batch->writer;
}

uint32_t batch_count(const struct batch_writer *writer)
{
    return ((const struct batch *)writer)->count;
}

ss_plugin_event *batch_events(const struct batch_writer *writer)
{
    return ((const struct batch *)writer)->events;
}
