#include "floorbatch.h"

#include <stdlib.h>

int floor_batch_open(struct floor_batch *batch, uint32_t events, size_t payload)
{
    batch->memory = malloc(events * (PLUGIN_EVENT_PAYLOAD_OFFSET + payload));
    batch->events = malloc(events * sizeof(*batch->events));
    batch->room = events;
    floor_batch_reset(batch);
    return batch->memory != NULL && batch->events != NULL;
}

void floor_batch_close(struct floor_batch *batch)
{
    free(batch->memory);
    free(batch->events);
}
