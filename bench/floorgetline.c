/*
 * floorgetline: the event source of bench/plugins/text.lua in C, with getline.
 */
#include "floorbatch.h"
#include "v3/abi.h"

#include <stdio.h>
#include <stdlib.h>

#define BATCH_EVENTS 512u
#define LONGEST      4096

FLOOR_IDENTITY("text", "The floor: lines by getline")

struct script_source {
    struct floor_batch batch;
    FILE *file;
    char *line;
    size_t room;
};

ss_instance_t *plugin_open(ss_plugin_t *s, const char *params, ss_plugin_rc *rc)
{
    struct script_source *source = calloc(1, sizeof(*source));

    *rc = SS_PLUGIN_FAILURE;
    if (source == NULL) {
        return NULL;
    }
    source->file = fopen(params, "rb");
    if (source->file == NULL || !floor_batch_open(&source->batch, BATCH_EVENTS, LONGEST)) {
        plugin_close(s, source);
        return NULL;
    }
    *rc = SS_PLUGIN_SUCCESS;
    return source;
}

void plugin_close(ss_plugin_t *s, ss_instance_t *h)
{
    struct script_source *source = h;

    (void)s;
    if (source == NULL) {
        return;
    }
    if (source->file != NULL) {
        fclose(source->file);
    }
    floor_batch_close(&source->batch);
    free(source->line);
    free(source);
}

ss_plugin_rc plugin_next_batch(ss_plugin_t *s, ss_instance_t *h, uint32_t *nevts, ss_plugin_event ***evts)
{
    struct script_source *source = h;
    struct floor_batch *batch = &source->batch;
    ssize_t size;

    (void)s;
    floor_batch_reset(batch);
    while (batch->count < batch->room && (size = getline(&source->line, &source->room, source->file)) > 0) {
        size -= source->line[size - 1] == '\n';
        size = size < LONGEST ? size : LONGEST;
        memcpy(floor_batch_payload(batch), source->line, (size_t)size);
        floor_batch_add(batch, (uint32_t)size);
    }
    *nevts = batch->count;
    *evts = batch->events;
    return batch->count > 0 ? SS_PLUGIN_SUCCESS : SS_PLUGIN_EOF;
}
