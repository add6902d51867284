#include "v0/batch.h"

#include "base/pool.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_EVENTS 16u
#define KEPT_BYTES   (2u << 20)
#define RESERVED     8u /* this part of the memory is the script's while a batch grows */

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
    events = memory_resize(batch->pool.budget, batch->events, batch->room * sizeof(*events),
                           room * sizeof(*events));
    if (events == NULL) {
        return false;
    }
    batch->events = events;
    batch->room = room;
    return true;
}

/* Memory for the next event's `size` bytes where the current chunk has no room. Behind the first event some
 * is left to the script. NULL: out of memory, or the batch has to end. */
static __attribute__((noinline)) void *take_more(struct batch *batch, size_t size)
{
    const struct memory_budget *budget = batch->pool.budget;

    if (batch->count > 0 && memory_left(budget) < size + budget->limit / RESERVED) {
        return NULL;
    }
    return pool_take_more(&batch->pool, size);
}

static bool add(struct batch_writer *writer, const void *payload, size_t size, uint64_t ts)
{
    struct batch *batch = batch_of(writer);
    char *copy = make_room(batch) ? pool_take_quickly(&batch->pool, size + 1) : NULL;

    if (copy == NULL) {
        copy = batch->count < batch->room ? take_more(batch, size + 1) : NULL;
    }
    if (copy == NULL) {
        return false;
    }
    memcpy(copy, payload, size);
    copy[size] = '\0';
    batch->events[batch->count++] =
        (ss_plugin_event){.data = (const uint8_t *)copy, .datalen = (uint32_t)size, .ts = ts};
    return true;
}

static void reset(struct batch_writer *writer)
{
    struct batch *batch = batch_of(writer);

    batch->count = 0;
    pool_reset(&batch->pool, memory_kept(batch->pool.budget, KEPT_BYTES));
}

/* Hosts pass an event in a struct of their own, so it is recognized by its payload. */
static bool owns(const struct batch_writer *writer, const void *address)
{
    return pool_owns(&((const struct batch *)writer)->pool, address);
}

static void free_batch(struct batch_writer *writer)
{
    struct batch *batch = batch_of(writer);

    memory_give(batch->pool.budget, batch->events, batch->room * sizeof(*batch->events));
    pool_free(&batch->pool);
    free(batch);
}

struct batch_writer *batch_new(struct memory_budget *budget)
{
    struct batch *batch = calloc(1, sizeof(*batch));

    if (batch == NULL) {
        return NULL;
    }
    batch->pool.budget = budget;
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
