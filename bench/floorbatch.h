/*
 * floorbatch: the batches of the floor plugins.
 *
 * What a careful C programmer would write for one plugin: memory that was taken once, events
 * written in place, events shown by the host checked before they are read.
 */
#ifndef LURE_BENCH_FLOORBATCH_H
#define LURE_BENCH_FLOORBATCH_H

#include "v3/abi.h"

#include <stddef.h>
#include <string.h>

#define FLOOR_PLUGIN_ID 999u

struct floor_batch {
    unsigned char *memory, *at;
    ss_plugin_event **events;
    uint32_t count, room;
};

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
