/*
 * v3/opening: open event sources of the plugin API 3.
 */
#include "v3/batch.h"
#include "v3/handle.h"

#include <stdlib.h>

/* What the host calls an instance. */
struct opened {
    struct instance *instance;
    struct batch *batch; /* the instance's */
};

/* Fills in `opened`. False: plugin_error says why. */
static bool open_source(struct handle *handle, const char *params, struct opened *opened)
{
    const struct manifest *manifest = handle->state->identity->manifest;

    opened->batch = batch_new(manifest->id);
    if (opened->batch == NULL) {
        plugin_fail(handle_plugin(handle), "out of memory");
        return false;
    }
    opened->instance = state_open(handle->state, params, batch_writer(opened->batch));
    return opened->instance != NULL;
}

ss_instance_t *entry_open(ss_plugin_t *s, const char *params, ss_plugin_rc *rc)
{
    struct handle *handle = s;
    struct opened *opened;
    bool done = false;

    *rc = SS_PLUGIN_FAILURE;
    if (handle_enter(handle) == NULL) {
        return NULL;
    }
    opened = calloc(1, sizeof(*opened));
    if (opened == NULL) {
        plugin_fail(handle_plugin(handle), "out of memory");
    } else {
        done = open_source(handle, params, opened);
    }
    handle_leave(handle);
    if (!done) {
        free(opened);
        return NULL;
    }
    *rc = SS_PLUGIN_SUCCESS;
    return opened;
}

void entry_close(ss_plugin_t *s, ss_instance_t *h)
{
    struct opened *opened = h;

    if (opened != NULL && handle_enter(s) != NULL) {
        sourcing_close(opened->instance);
        handle_leave(s);
        free(opened);
    }
}

static ss_plugin_rc next_batch_rc(enum source_outcome outcome)
{
    switch (outcome) {
    case SOURCE_EVENTS:
        return SS_PLUGIN_SUCCESS;
    case SOURCE_TIMEOUT:
        return SS_PLUGIN_TIMEOUT;
    case SOURCE_END:
        return SS_PLUGIN_EOF;
    case SOURCE_FAILED:
        break;
    }
    return SS_PLUGIN_FAILURE;
}

ss_plugin_rc entry_next_batch(ss_plugin_t *s, ss_instance_t *h, uint32_t *nevts, ss_plugin_event ***evts)
{
    struct opened *opened = h;
    enum source_outcome outcome;

    *nevts = 0;
    if (handle_enter(s) == NULL) {
        return SS_PLUGIN_FAILURE;
    }
    state_look(((struct handle *)s)->state, NULL);
    outcome = sourcing_fill(opened->instance);
    handle_leave(s);
    *nevts = batch_count(opened->batch);
    *evts = batch_events(opened->batch);
    return next_batch_rc(outcome);
}

const char *entry_get_progress(ss_plugin_t *s, ss_instance_t *h, uint32_t *progress_pct)
{
    struct opened *opened = h;
    const char *text;

    *progress_pct = 0;
    if (handle_enter(s) == NULL) {
        return "";
    }
    text = sourcing_progress(opened->instance, progress_pct);
    handle_leave(s);
    return text;
}
