/*
 * floorlines: the event source of the C plugins (floor*.c) whose events are the lines of a file.
 *
 * The open parameters are the file's path. It is read into memory once; its lines come one after another, and
 * again from the first when there are no more.
 */
#include "floorbatch.h"
#include "v3/abi.h"

#include <stdio.h>
#include <stdlib.h>

#define BATCH_BYTES (1u << 20)

struct script_source {
    struct floor_batch batch;
    char *lines; /* the file */
    size_t length, at;
};

/* Reads the file that the open parameters, which are its path, name. */
static int read_lines(struct script_source *source, const char *path)
{
    FILE *file = fopen(path, "rb");
    long length;

    if (file == NULL) {
        return 0;
    }
    fseek(file, 0, SEEK_END);
    length = ftell(file);
    rewind(file);
    source->lines = length > 0 ? malloc((size_t)length) : NULL;
    if (source->lines != NULL) {
        source->length = fread(source->lines, 1, (size_t)length, file);
    }
    fclose(file);
    return source->length > 0;
}

ss_instance_t *plugin_open(ss_plugin_t *s, const char *params, ss_plugin_rc *rc)
{
    struct script_source *source = calloc(1, sizeof(*source));

    *rc = SS_PLUGIN_FAILURE;
    if (source == NULL) {
        return NULL;
    }
    if (!read_lines(source, params) || !floor_batch_open(&source->batch, 512, 65536)) {
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
    if (source != NULL) {
        floor_batch_close(&source->batch);
        free(source->lines);
        free(source);
    }
}

ss_plugin_rc plugin_next_batch(ss_plugin_t *s, ss_instance_t *h, uint32_t *nevts, ss_plugin_event ***evts)
{
    struct script_source *source = h;
    struct floor_batch *batch = &source->batch;

    (void)s;
    floor_batch_reset(batch);
    while (batch->count < batch->room && (size_t)(batch->at - batch->memory) < BATCH_BYTES) {
        const char *line = source->lines + source->at;
        const char *end = memchr(line, '\n', source->length - source->at);
        size_t size = end != NULL ? (size_t)(end - line) : source->length - source->at;

        memcpy(floor_batch_payload(batch), line, size);
        floor_batch_add(batch, (uint32_t)size);
        source->at += size + 1;
        source->at = source->at >= source->length ? 0 : source->at;
    }
    *nevts = batch->count;
    *evts = batch->events;
    return SS_PLUGIN_SUCCESS;
}
