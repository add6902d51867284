/*
 * floorbatch: code shared by the floor plugins: identity, batches of events, values as text.
 *
 * They are what a careful C programmer would write for one plugin: memory is allocated once, events are
 * written in place, and events from the host are validated before they are read.
 */
#ifndef LURE_BENCH_FLOORBATCH_H
#define LURE_BENCH_FLOORBATCH_H

#include "v3/abi.h"

#include <stddef.h>
#include <string.h>

#define FLOOR_PLUGIN_ID 999u

/* The functions that tell a host who a plugin is. Its event source is called as itself. */
#define FLOOR_TELLS(what, text)                                                                              \
    const char *plugin_get_##what(void)                                                                      \
    {                                                                                                        \
        return text;                                                                                         \
    }
#define FLOOR_IDENTITY(called, explained)                                                                    \
    FLOOR_TELLS(required_api_version, "3.0.0")                                                               \
    FLOOR_TELLS(name, called)                                                                                \
    FLOOR_TELLS(description, explained)                                                                      \
    FLOOR_TELLS(contact, "lure")                                                                             \
    FLOOR_TELLS(version, "0.1.0")                                                                            \
    FLOOR_TELLS(event_source, called)                                                                        \
    uint32_t plugin_get_id(void)                                                                             \
    {                                                                                                        \
        return FLOOR_PLUGIN_ID;                                                                              \
    }

struct floor_batch {
    unsigned char *memory, *at;
    ss_plugin_event **events;
    uint32_t count, room;
};

/* A text that is answered: it stays until the next. */
struct floor_text {
    char *text;
    size_t room;
};

/* Makes room for `size` bytes; what was there is gone. False: out of memory. */
int floor_text_reserve(struct floor_text *text, size_t size);

/* A copy with a NUL behind it; NULL: out of memory. */
const char *floor_text_keep(struct floor_text *text, const char *from, size_t size);

/* Room for `events` events of at most `payload` bytes each. False: out of memory. */
int floor_batch_open(struct floor_batch *batch, uint32_t events, size_t payload);
void floor_batch_close(struct floor_batch *batch);

static inline void floor_batch_reset(struct floor_batch *batch)
{
    batch->count = 0;
    batch->at = batch->memory;
}

/* Where the payload of the next event goes. */
static inline unsigned char *floor_batch_payload(const struct floor_batch *batch)
{
    return batch->at + PLUGIN_EVENT_PAYLOAD_OFFSET;
}

/* Writes what stands before the payload, of which `size` bytes are there now. */
static inline void floor_batch_add(struct floor_batch *batch, uint32_t size)
{
    const ss_plugin_event header = {UINT64_MAX, UINT64_MAX, PLUGIN_EVENT_PAYLOAD_OFFSET + size,
                                    PPME_PLUGINEVENT_E, 2};
    const uint32_t behind[3] = {sizeof(uint32_t), size, FLOOR_PLUGIN_ID};

    memcpy(batch->at, &header, sizeof(header));
    memcpy(batch->at + sizeof(header), behind, sizeof(behind));
    batch->events[batch->count++] = (ss_plugin_event *)(void *)batch->at;
    batch->at += PLUGIN_EVENT_PAYLOAD_OFFSET + size;
}

/* The payload of a plugin event; NULL: it is none, or its lengths do not add up. */
static inline const char *floor_payload(const ss_plugin_event_input *input, uint32_t *size)
{
    const ss_plugin_event *event = input->evt;
    uint32_t lengths[2];

    if (event->type != PPME_PLUGINEVENT_E || event->nparams != 2 ||
        event->len < PLUGIN_EVENT_PAYLOAD_OFFSET) {
        return NULL;
    }
    memcpy(lengths, event + 1, sizeof(lengths));
    if (lengths[0] != sizeof(uint32_t) || lengths[1] > event->len - PLUGIN_EVENT_PAYLOAD_OFFSET) {
        return NULL;
    }
    *size = lengths[1];
    return (const char *)event + PLUGIN_EVENT_PAYLOAD_OFFSET;
}

#endif
