/*
 * handle: what a host of the plugin API 3 calls a plugin state.
 *
 * Beside the state itself: what the host gave at init, and what only this API has. The host's
 * structs are copied, never kept.
 */
#ifndef LURE_V3_HANDLE_H
#define LURE_V3_HANDLE_H

#include "identity/state.h"
#include "v3/abi.h"
#include "v3/async.h"
#include "v3/listening.h"
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
        const ss_plugin_event *own; /* input.evt, if it is in a batch of this state that no other thread
                                     * changes, else NULL */
        ss_plugin_event_input input;
        ss_plugin_event header;
    } shown; /* the event that fields were last asked of, where it is known again */
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

/* Takes a turn in the plugin state; NULL, with its error set and no turn taken, where init failed. */
static inline struct plugin *handle_enter(struct handle *handle)
{
    struct plugin *plugin = handle_plugin(handle);

    if (!handle->state->started) {
        plugin_fail(plugin, "the plugin is not initialised");
        return NULL;
    }
    turns_enter(&plugin->turns);
    return plugin;
}

static inline void handle_leave(struct handle *handle)
{
    turns_leave(&handle_plugin(handle)->turns);
}

/* Reads what the host shows. False: its lengths do not add up. */
bool handle_read_event(const ss_plugin_event_input *input, struct event *event);

/* All functions of the API, as entry.c hands them out: entry_init and so on. Those that only answer from the
 * identity are in identity/info.h. */
plugin_get_last_error_fn entry_get_last_error;
plugin_get_init_schema_fn entry_get_init_schema;
plugin_init_fn entry_init;
plugin_destroy_fn entry_destroy;
plugin_open_fn entry_open;
plugin_close_fn entry_close;
plugin_next_batch_fn entry_next_batch;
plugin_get_progress_fn entry_get_progress;
plugin_list_open_params_fn entry_list_open_params;
plugin_event_to_string_fn entry_event_to_string;
plugin_extract_fields_fn entry_extract_fields;
plugin_get_extract_event_types_fn entry_get_extract_event_types;
plugin_get_parse_event_types_fn entry_get_parse_event_types;
plugin_parse_event_fn entry_parse_event;
plugin_set_async_event_handler_fn entry_set_async_event_handler;
plugin_dump_state_fn entry_dump_state;
plugin_set_config_fn entry_set_config;
plugin_get_metrics_fn entry_get_metrics;
plugin_capture_open_fn entry_capture_open;
plugin_capture_close_fn entry_capture_close;
plugin_get_required_event_schema_version_fn entry_get_required_event_schema_version;

#endif
