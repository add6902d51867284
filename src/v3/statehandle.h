/*
 * v3/statehandle: the object behind the `ss_plugin_t *` of a host of the plugin API 3.
 *
 * It holds the plugin state, what the host passed to plugin_init, and what only this API has: async events,
 * capture listening, metrics, state tables. Structs of the host are copied, and no pointer to them is kept.
 */
#ifndef LURE_V3_STATEHANDLE_H
#define LURE_V3_STATEHANDLE_H

#include "identity/state.h"
#include "v3/abi.h"
#include "v3/async.h"
#include "v3/capturelistening.h"
#include "v3/metrics.h"
#include "v3/tables.h"

#include <stdbool.h>

/* First minor versions with members of structs. */
#define SINCE_EXT_TABLES    1u  /* table_reader_ext and the like */
#define SINCE_LOG           3u  /* ss_plugin_init_input.log_fn */
#define SINCE_INIT_TABLES   5u  /* ss_plugin_init_tables_input.reader_ext, writer_ext */
#define SINCE_LISTEN_ERROR  9u  /* ss_plugin_capture_listen_input.get_owner_last_error */
#define SINCE_VALUE_OFFSETS 11u /* ss_plugin_field_extract_input.value_offsets */

/* What is looked at for each field stands first. */
struct handle {
    struct state *state;
    unsigned minor; /* the host is of this version at least: declared, or learned */
    struct {
        const ss_plugin_event *own;     /* input.evt, if it is in a batch of this state that no other thread
                                         * changes, else NULL */
        ss_plugin_event *const *behind; /* where the batch has the next, or NULL; see v3/batch.h */
        ss_plugin_event_input input;
        ss_plugin_event header; /* where `own` is NULL */
    } shown;                    /* the event that fields were last asked of, where it is known again */
    ss_plugin_owner_t *owner;
    ss_plugin_log_fn_t log_fn; /* or NULL */
    const char *(*get_owner_last_error)(ss_plugin_owner_t *o);
    struct async async;
    struct listening listening;
    struct metrics metrics;
    struct tables tables;
    struct owned_text console_answer;
};

static inline struct plugin *handle_plugin(struct handle *handle)
{
    return &handle->state->plugin;
}

/* Takes the plugin state's lock; NULL, with its error set and the lock not taken, if init has failed. */
static inline struct plugin *handle_enter(struct handle *handle)
{
    struct plugin *plugin = handle_plugin(handle);

    if (!handle->state->started) {
        plugin_fail(plugin, "the plugin is not initialised");
        return NULL;
    }
    fairlock_enter(&plugin->lock);
    return plugin;
}

static inline void handle_leave(struct handle *handle)
{
    fairlock_leave(&handle_plugin(handle)->lock);
}

/* Reads what the host shows. False: its lengths do not add up. */
bool handle_read_event(const ss_plugin_event_input *input, struct event *event);

/* Behind each exported plugin_NAME stands entry_NAME. Those that both APIs have are in identity/entry_info.h.
 */
#define ENTRY(name, since, need, result, parameters) plugin_##name##_fn entry_##name;
PLUGIN_API_SYMBOLS(ENTRY)
#undef ENTRY

#endif
