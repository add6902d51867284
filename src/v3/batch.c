#include "v3/batch.h"

#include "base/pool.h"
#include "event/event.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_EVENTS 16u
#define KEPT_BYTES   (2u << 20)
#define RESERVED     8u /* this part of the memory is the script's while a batch grows */

#define PARAMETERS 2u
#define ID_SIZE    4u

_Static_assert(PLUGIN_EVENT_PAYLOAD_OFFSET ==
                   sizeof(ss_plugin_event) + PARAMETERS * sizeof(uint32_t) + ID_SIZE,
               "the payload stands behind the header, the lengths and the id");

struct batch {
    struct batch_writer writer; /* first, so that a writer is its batch */
    uint32_t plugin_id;
    uint32_t count, room;
    uint32_t seen;            /* the event that was last looked for; */
    uint32_t expected;        /* the one that is likely to be looked for next */
    ss_plugin_event **events; /* NULL behind the last */
    struct pool pool;         /* of the events' bytes */
};

static struct batch *batch_of(struct batch_writer *writer)
{
    return (struct batch *)writer;
}

static bool make_room(struct batch *batch)
{
    uint32_t room = batch->room == 0 ? FIRST_EVENTS : 2 * batch->room;
    ss_plugin_event **events;

    if (batch->count + 1 < batch->room) {
        return true;
    }
    events = memory_resize(batch->pool.budget, batch->events, batch->room * sizeof(*events),
                           room * sizeof(*events));
    if (events == NULL) {
        return false;
    }
    batch->events = events;
    batch->events[batch->count] = NULL;
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
    const uint32_t lengths[PARAMETERS] = {ID_SIZE, (uint32_t)size};
    size_t length = PLUGIN_EVENT_PAYLOAD_OFFSET + size;
    unsigned char *bytes = make_room(batch) ? pool_take_quickly(&batch->pool, length) : NULL;
    const ss_plugin_event header = {.ts = ts,
                                    .tid = UINT64_MAX,
                                    .len = (uint32_t)length,
                                    .type = PPME_PLUGINEVENT_E,
                                    .nparams = PARAMETERS};

    if (bytes == NULL) {
        bytes = batch->count + 1 < batch->room ? take_more(batch, length) : NULL;
    }
    if (bytes == NULL) {
        return false;
    }
    batch->events[batch->count++] = (ss_plugin_event *)(void *)bytes;
    batch->events[batch->count] = NULL;
    memcpy(bytes, &header, sizeof(header));
    memcpy(bytes + sizeof(header), lengths, sizeof(lengths));
    memcpy(bytes + sizeof(header) + sizeof(lengths), &batch->plugin_id, ID_SIZE);
    memcpy(bytes + PLUGIN_EVENT_PAYLOAD_OFFSET, payload, size);
    return true;
}

static void reset(struct batch_writer *writer)
{
    struct batch *batch = batch_of(writer);

    if (batch->count > 0) {
        batch->events[0] = NULL;
    }
    batch->count = 0;
    batch->seen = 0;
    batch->expected = 0;
    pool_reset(&batch->pool, memory_kept(batch->pool.budget, KEPT_BYTES));
}

static bool owns(const struct batch_writer *writer, const void *address)
{
    return pool_owns(&((const struct batch *)writer)->pool, address);
}

/* The index of the event at `address`; `count`: not found. Hosts pass events in order, so the search starts
 * after the last hit; a miss ends the search for all events but the expected one. */
static uint32_t find(struct batch *batch, const void *address)
{
    if (batch->expected < batch->count && batch->events[batch->expected] == address) {
        batch->seen = batch->expected;
    }
    while (batch->seen < batch->count && batch->events[batch->seen] != address) {
        batch->seen++;
    }
    return batch->seen;
}

/* False: the host has changed it. */
static bool read_event(const ss_plugin_event *header, struct event *event)
{
    const unsigned char *raw = (const unsigned char *)header;
    uint32_t lengths[PARAMETERS];

    memcpy(lengths, raw + sizeof(*header), sizeof(lengths));
    if (header->type != PPME_PLUGINEVENT_E || header->nparams != PARAMETERS || lengths[0] != ID_SIZE ||
        header->len != PLUGIN_EVENT_PAYLOAD_OFFSET + (uint64_t)lengths[1]) {
        return false;
    }
    event->data = raw + PLUGIN_EVENT_PAYLOAD_OFFSET;
    event->size = lengths[1];
    event->has_payload = true;
    event->type = PPME_PLUGINEVENT_E;
    event->parameters = PARAMETERS;
    event->raw = raw;
    event->raw_size = header->len;
    event->where = header;
    return true;
}

static uint32_t following(struct batch_writer *writer, const void *address, struct event *events,
                          uint32_t most)
{
    struct batch *batch = batch_of(writer);
    uint32_t first = find(batch, address) + 1, read = 0;

    while (read < most && first + read < batch->count &&
           read_event(batch->events[first + read], &events[read])) {
        read++;
    }
    if (first <= batch->count) { /* found; on a miss the host may continue at the last hit */
        batch->expected = first + read;
    }
    return read;
}

ss_plugin_event *const *batch_behind(struct batch_writer *writer, const void *address)
{
    struct batch *batch = batch_of(writer);
    uint32_t number = find(batch, address);

    return &batch->events[number < batch->count ? number + 1 : number];
}

static void free_batch(struct batch_writer *writer)
{
    struct batch *batch = batch_of(writer);

    memory_give(batch->pool.budget, batch->events, batch->room * sizeof(*batch->events));
    pool_free(&batch->pool);
    free(batch);
}

struct batch_writer *batch_new(uint32_t plugin_id, struct memory_budget *budget)
{
    struct batch *batch = calloc(1, sizeof(*batch));

    if (batch == NULL) {
        return NULL;
    }
    batch->plugin_id = plugin_id;
    batch->pool.budget = budget;
    batch->writer = (struct batch_writer){add, reset, owns, following, free_batch};
    return &batch->writer;
}

uint32_t batch_count(const struct batch_writer *writer)
{
    return ((const struct batch *)writer)->count;
}

ss_plugin_event **batch_events(const struct batch_writer *writer)
{
    return ((const struct batch *)writer)->events;
}
