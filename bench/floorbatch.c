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

int floor_text_reserve(struct floor_text *text, size_t size)
{
    if (size > text->room) {
        free(text->text);
        text->text = malloc(size);
        text->room = text->text != NULL ? size : 0;
    }
    return size <= text->room;
}

const char *floor_text_keep(struct floor_text *text, const char *from, size_t size)
{
    if (!floor_text_reserve(text, size + 1)) {
        return NULL;
    }
    memcpy(text->text, from, size);
    text->text[size] = '\0';
    return text->text;
}
