/*
 * v3/entry_source: the exported functions for event sources: open, close, next_batch, get_progress.
 */
#include "v3/batch.h"
#include "v3/statehandle.h"

_Static_assert((int)SOURCE_EVENTS == SS_PLUGIN_SUCCESS && (int)SOURCE_FAILED == SS_PLUGIN_FAILURE &&
                   (int)SOURCE_TIMEOUT == SS_PLUGIN_TIMEOUT && (int)SOURCE_END == SS_PLUGIN_EOF,
               "outcomes have the plugin API's numbers");

ss_instance_t *entry_open(ss_plugin_t *s, const char *params, ss_plugin_rc *rc)
{
    struct handle *handle = s;
    struct instance *instance;

    give_rc(rc, false);
    if (handle_enter(handle) == NULL) {
        return NULL;
    }
    instance = state_open(&handle->state, params,
                          batch_new(handle->state.identity->manifest->id, &handle_plugin(handle)->memory));
    handle_leave(handle);
    if (instance != NULL) {
        give_rc(rc, true);
    }
    return instance;
}

void entry_close(ss_plugin_t *s, ss_instance_t *h)
{
    struct plugin *plugin = handle_enter(s);

    if (plugin != NULL) {
        eventsource_close_found(plugin, h);
        handle_leave(s);
    }
}

ss_plugin_rc entry_next_batch(ss_plugin_t *s, ss_instance_t *h, uint32_t *nevts, ss_plugin_event ***evts)
{
    struct plugin *plugin = handle_enter(s);
    enum source_outcome outcome = SOURCE_FAILED;
    struct instance *instance = NULL;

    if (nevts != NULL) {
        *nevts = 0;
    }
    if (plugin == NULL) {
        return SS_PLUGIN_FAILURE;
    }
    if (nevts != NULL && evts != NULL) {
        state_check_reload(&((struct handle *)s)->state, NULL);
        instance = eventsource_find(plugin, h);
    } else {
        plugin_fail_plain(plugin, "next_batch: the host passes no place for the events");
    }
    if (instance != NULL) {
        outcome = eventsource_fill(instance);
        *nevts = batch_count(eventsource_writer(instance));
        *evts = batch_events(eventsource_writer(instance));
    }
    handle_leave(s);
    return (ss_plugin_rc)outcome;
}

const char *entry_get_progress(ss_plugin_t *s, ss_instance_t *h, uint32_t *progress_pct)
{
    struct plugin *plugin = handle_enter(s);
    struct instance *instance;
    const char *text = "";
    uint32_t hundredths = 0;

    if (plugin != NULL) {
        instance = eventsource_find(plugin, h);
        if (instance != NULL) {
            text = eventsource_progress(instance, &hundredths);
        }
        handle_leave(s);
    }
    if (progress_pct != NULL) {
        *progress_pct = hundredths;
    }
    return text;
}
