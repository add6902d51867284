#include "testhost/v3.h"

#include <stddef.h>
#include <string.h>

/* Bytes of each struct in a host of this minor version: up to the first member that came later. */
static size_t init_size(unsigned minor)
{
    return minor < 3 ? offsetof(ss_plugin_init_input, log_fn) : sizeof(ss_plugin_init_input);
}

static size_t tables_size(unsigned minor)
{
    if (minor < 1)
        return offsetof(ss_plugin_init_tables_input, fields_ext);
    return minor < 5 ? offsetof(ss_plugin_init_tables_input, reader_ext)
                     : sizeof(ss_plugin_init_tables_input);
}

static void log_line(ss_plugin_owner_t *o, const char *component, const char *msg, ss_plugin_log_severity sev)
{
    plugin_owner_log(&((struct state *)o)->owner, component, msg, (int)sev);
}

static const ss_plugin_init_tables_input *show_tables(struct state *state)
{
    ss_plugin_init_tables_input tables = {
        .list_tables = v3_list_tables,
        .get_table = v3_get_table,
        .add_table = v3_add_table,
    };

    if (!v3_show_tables(state))
        return NULL;
    tables.fields_ext = (ss_plugin_table_fields_vtable_ext *)state->shown.table_fields.data;
    tables.reader_ext = (ss_plugin_table_reader_vtable_ext *)state->shown.table_reader.data;
    tables.writer_ext = (ss_plugin_table_writer_vtable_ext *)state->shown.table_writer.data;
    memcpy(&tables.fields, tables.fields_ext, sizeof tables.fields);
    return guard_copy(&state->shown.more, &tables, tables_size(state->library->options.minor));
}

static bool show_init(struct state *state, const char *config)
{
    ss_plugin_init_input input = {
        .config = guard_copy(&state->shown.text, config, strlen(config) + 1),
        .owner = state,
        .get_owner_last_error = v3_owner_last_error,
        .log_fn = log_line,
    };

    if (input.config == NULL)
        return false;
    if (state->library->capabilities & (CAPABILITY_EXTRACTION | CAPABILITY_PARSING)) {
        input.tables = show_tables(state);
        if (input.tables == NULL)
            return false;
    }
    return guard_copy(&state->shown.input, &input, init_size(state->library->options.minor)) != NULL;
}

/* What the framework asks once init worked. */
static enum verdict after_init(struct state *state, char *message)
{
    struct library *library = state->library;
    unsigned minor = library->options.minor;

    if (minor >= 1 && (library->capabilities & CAPABILITY_EXTRACTION) &&
        !v3_keep_event_types(&state->extract_types, API(library, get_extract_event_types), state->plugin,
                             &library->extract_sources))
        return out_of_memory(message);
    if (minor >= 1 && (library->capabilities & CAPABILITY_PARSING) &&
        !v3_keep_event_types(&state->parse_types, API(library, get_parse_event_types), state->plugin,
                             &library->parse_sources))
        return out_of_memory(message);
    return VERDICT_FINE;
}

static enum verdict init(struct state *state, const char *config, char *message)
{
    ss_plugin_rc *rc = guard_take(&state->shown.count, sizeof *rc);
    enum verdict verdict = VERDICT_FAILED;

    if (config[0] == '\0' && state->library->init_schema != NULL)
        config = "{}";
    if (rc == NULL || !show_init(state, config))
        return out_of_memory(message);
    state->plugin = API(state->library, init)((const ss_plugin_init_input *)state->shown.input.data, rc);
    if ((int)*rc == UNSET_32) {
        message_fail(message, "plugin_init did not set the result code");
        verdict = VERDICT_BROKEN;
    } else if (*rc == SS_PLUGIN_SUCCESS) {
        verdict = after_init(state, message);
    }
    guard_spoil(&state->shown.text);
    guard_spoil(&state->shown.input);
    guard_spoil(&state->shown.more);
    v3_hide_tables(state);
    return verdict;
}

static void destroy(struct state *state)
{
    API(state->library, destroy)(state->plugin);
}

static const char *last_error(struct state *state)
{
    return API(state->library, get_last_error)(state->plugin);
}

static enum verdict open_instance(struct instance *instance, const char *params, char *message)
{
    struct state *state = instance->state;
    ss_plugin_rc *rc = guard_take(&state->shown.count, sizeof *rc);
    const char *text = guard_copy(&state->shown.text, params, strlen(params) + 1);

    if (rc == NULL || text == NULL)
        return out_of_memory(message);
    *rc = SS_PLUGIN_FAILURE;
    instance->plugin = API(state->library, open)(state->plugin, text, rc);
    guard_spoil(&state->shown.text);
    return *rc == SS_PLUGIN_SUCCESS ? VERDICT_FINE : VERDICT_FAILED;
}

static void close_instance(struct instance *instance)
{
    API(instance->state->library, close)(instance->state->plugin, instance->plugin);
}

static enum verdict next_batch(struct instance *instance, char *message)
{
    struct state *state = instance->state;
    uint32_t *count = guard_take(&state->shown.count, sizeof *count);
    ss_plugin_event ***events = guard_take(&state->shown.batch, sizeof *events);
    int rc;

    if (count == NULL || events == NULL)
        return out_of_memory(message);
    rc = (int)API(state->library, next_batch)(state->plugin, instance->plugin, count, events);
    return instance_take_batch(instance, rc, *count, *events, message);
}

/* Sets in a plugin's event what libscap sets: its id where it is 0, no thread, the time where there is none.
 */
static void complete_event(ss_plugin_event *header, const struct library *library, struct event *event)
{
    if (header->type == PPME_PLUGINEVENT_E) {
        if (event->plugin_id == 0)
            event->plugin_id = library->id;
        memcpy((char *)header + sizeof *header + 2 * sizeof(uint32_t), &event->plugin_id,
               sizeof event->plugin_id);
        header->tid = event->tid = UINT64_MAX;
        event->source = library->event_source;
    } else {
        event->source = "syscall";
    }
    if (header->ts == UINT64_MAX)
        header->ts = event->ts = event_now();
}

static enum verdict event_at(struct instance *instance, uint32_t index, struct event *event, char *message)
{
    const struct library *library = instance->state->library;
    ss_plugin_event *header = ((ss_plugin_event **)instance->events)[index];

    memset(event, 0, sizeof *event);
    if (header == NULL || header->len < sizeof *header || !event_read(event, header) ||
        (library->id != 0 && event->type != PPME_PLUGINEVENT_E))
        message_fail(message, "malformed plugin event produced by plugin: '%s'", library->name);
    else if (library->id != 0 && event->plugin_id != 0 && event->plugin_id != library->id)
        message_fail(message,
                     "unexpected plugin ID in plugin event: plugin='%s', expected_id=%u, actual_id=%u",
                     library->name, (unsigned)library->id, (unsigned)event->plugin_id);
    else if (library->id == 0 && event->type == PPME_PLUGINEVENT_E && event->plugin_id == 0)
        message_fail(message, "malformed plugin event produced by plugin (no ID): '%s'", library->name);
    else {
        complete_event(header, library, event);
        event->instance = instance;
        event->batch = instance->batch;
        event->num = ++instance->delivered;
        return VERDICT_FINE;
    }
    return VERDICT_BROKEN;
}

static const char *progress(struct instance *instance, uint32_t *percent)
{
    struct state *state = instance->state;
    const char *text;

    *percent = 0;
    if (API(state->library, get_progress) == NULL)
        return "";
    text = API(state->library, get_progress)(state->plugin, instance->plugin, percent);
    return text != NULL ? text : "";
}

static enum verdict open_params(struct state *state, const char **json)
{
    ss_plugin_rc rc = SS_PLUGIN_FAILURE;

    *json = NULL;
    if (state->plugin == NULL || API(state->library, list_open_params) == NULL)
        return VERDICT_FINE;
    *json = API(state->library, list_open_params)(state->plugin, &rc);
    return rc == SS_PLUGIN_SUCCESS ? VERDICT_FINE : VERDICT_FAILED;
}

static enum verdict to_string(struct state *state, const struct event *event, const char **text,
                              char *message)
{
    const ss_plugin_event_input *input;

    *text = NULL;
    if (state->plugin == NULL || API(state->library, event_to_string) == NULL)
        return VERDICT_FINE;
    input = v3_show_event(state, event);
    if (input == NULL)
        return out_of_memory(message);
    *text = API(state->library, event_to_string)(state->plugin, input);
    v3_hide_event(state);
    return VERDICT_FINE;
}

const struct driver driver_v3 = {
    .api = 3,
    .failures = "plugin handle or 'get_last_error' function not defined",
    .load = v3_load,
    .init = init,
    .destroy = destroy,
    .last_error = last_error,
    .open = open_instance,
    .close = close_instance,
    .next_batch = next_batch,
    .event_at = event_at,
    .progress = progress,
    .open_params = open_params,
    .to_string = to_string,
    .extract = v3_extract,
    .parse = v3_parse,
    .async_open = v3_async_open,
    .async_close = v3_async_close,
    .dump_state = v3_dump_state,
    .kernel_open = v3_kernel_open,
    .capture_open = v3_capture_open,
    .capture_close = v3_capture_close,
    .metrics = v3_metrics,
    .set_config = v3_set_config,
    .console = v3_console,
};
