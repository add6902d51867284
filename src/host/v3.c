#include "host/v3.h"

#include <stddef.h>
#include <string.h>

/* How libsinsp says that a field is a list: its own flag, not 1. */
#define LIST_FLAG (1 << 6)

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

static size_t extraction_size(unsigned minor)
{
    if (minor < 1)
        return offsetof(ss_plugin_field_extract_input, table_reader_ext);
    return minor < 11 ? offsetof(ss_plugin_field_extract_input, value_offsets)
                      : sizeof(ss_plugin_field_extract_input);
}

static const char *get_owner_last_error(ss_plugin_owner_t *o)
{
    return owner_last_error(&((struct state *)o)->owner);
}

static void log_line(ss_plugin_owner_t *o, const char *component, const char *msg, ss_plugin_log_severity sev)
{
    owner_log(&((struct state *)o)->owner, component, msg, (int)sev);
}

static const ss_plugin_init_tables_input *show_tables(struct state *state)
{
    ss_plugin_init_tables_input tables = {
        .list_tables = v3_list_tables,
        .get_table = v3_get_table,
        .add_table = v3_add_table,
        .fields_ext = &v3_table_fields,
        .reader_ext = &v3_table_reader,
        .writer_ext = &v3_table_writer,
    };

    memcpy(&tables.fields, &v3_table_fields, sizeof tables.fields);
    return guard_copy(&state->shown.more, &tables, tables_size(state->library->options.minor));
}

static bool show_init(struct state *state, const char *config)
{
    ss_plugin_init_input input = {
        .config = guard_copy(&state->shown.text, config, strlen(config) + 1),
        .owner = state,
        .get_owner_last_error = get_owner_last_error,
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
    if (minor >= 12 && !v3_check_schema(state, message))
        return VERDICT_REFUSED;
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
        library_fail(message, "plugin_init did not set the result code");
        verdict = VERDICT_BROKEN;
    } else if (*rc == SS_PLUGIN_SUCCESS) {
        verdict = after_init(state, message);
    }
    guard_spoil(&state->shown.text);
    guard_spoil(&state->shown.input);
    guard_spoil(&state->shown.more);
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
static void complete(ss_plugin_event *header, const struct library *library, struct event *event)
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
        library_fail(message, "malformed plugin event produced by plugin: '%s'", library->name);
    else if (library->id != 0 && event->plugin_id != 0 && event->plugin_id != library->id)
        library_fail(message,
                     "unexpected plugin ID in plugin event: plugin='%s', expected_id=%u, actual_id=%u",
                     library->name, (unsigned)library->id, (unsigned)event->plugin_id);
    else if (library->id == 0 && event->type == PPME_PLUGINEVENT_E && event->plugin_id == 0)
        library_fail(message, "malformed plugin event produced by plugin (no ID): '%s'", library->name);
    else {
        complete(header, library, event);
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

/* The name of the source an event is from, where its maker named none: that of the plugin asked. */
static const char *source_of(const struct event *event, const struct library *library)
{
    if (event->source != NULL)
        return event->source;
    if (library->event_source != NULL)
        return library->event_source;
    return library->extract_sources.count > 0 ? library->extract_sources.items[0] : "syscall";
}

static const ss_plugin_event_input *show_event(struct state *state, const struct event *event)
{
    const char *source = source_of(event, state->library);
    ss_plugin_event_input input = {
        .evt = (const ss_plugin_event *)event->header,
        .evtnum = event->num,
        .evtsrc = guard_copy(&state->shown.text, source, strlen(source) + 1),
    };

    if (input.evtsrc == NULL)
        return NULL;
    if (input.evt == NULL) { /* of an API 0 batch */
        struct event copy;
        if (!event_copy(&copy, event))
            return NULL;
        guard_free(&state->shown.event);
        state->shown.event = copy.memory;
        input.evt = (const ss_plugin_event *)state->shown.event.data;
    }
    return guard_copy(&state->shown.input, &input, sizeof input);
}

static enum verdict to_string(struct state *state, const struct event *event, const char **text,
                              char *message)
{
    const ss_plugin_event_input *input;

    *text = NULL;
    if (state->plugin == NULL || API(state->library, event_to_string) == NULL)
        return VERDICT_FINE;
    input = show_event(state, event);
    if (input == NULL)
        return out_of_memory(message);
    *text = API(state->library, event_to_string)(state->plugin, input);
    guard_spoil(&state->shown.input);
    guard_spoil(&state->shown.text);
    return VERDICT_FINE;
}

/* ---- extraction ---- */

/* Copies all arguments behind each other, so that the last one ends at the unmapped page. */
static bool show_arguments(struct state *state, const struct field_request *requests, uint32_t count)
{
    size_t size = 0;
    char *to;

    for (uint32_t i = 0; i < count; i++)
        size += requests[i].argument != NULL ? strlen(requests[i].argument) + 1 : 0;
    to = guard_take(&state->shown.arguments, size);
    for (uint32_t i = 0; i < count && to != NULL; i++)
        if (requests[i].argument != NULL)
            to = stpcpy(to, requests[i].argument) + 1;
    return to != NULL;
}

static ss_plugin_extract_field *show_fields(struct state *state, const struct field_request *requests,
                                            uint32_t count)
{
    ss_plugin_extract_field *fields = guard_take(&state->shown.fields, count * sizeof *fields);
    const char *argument;

    if (fields == NULL || !show_arguments(state, requests, count))
        return NULL;
    argument = (const char *)state->shown.arguments.data;
    for (uint32_t i = 0; i < count; i++) {
        const struct field *field = requests[i].field;
        ss_plugin_extract_field *to = &fields[i];
        to->field_id = requests[i].id;
        to->field = field->name;
        to->arg_key = requests[i].argument != NULL && field->key ? argument : NULL;
        to->arg_index = requests[i].index;
        to->arg_present = requests[i].argument != NULL;
        to->ftype = (uint32_t)field->number;
        to->flist = field->list ? LIST_FLAG : 0;
        if (requests[i].argument != NULL)
            argument += strlen(argument) + 1;
    }
    return fields;
}

static const ss_plugin_field_extract_input *
show_extraction(struct state *state, const struct field_request *requests, uint32_t count, bool offsets)
{
    const ss_plugin_extract_value_offsets none = {NULL, NULL};
    ss_plugin_field_extract_input input = {
        .owner = state,
        .get_owner_last_error = get_owner_last_error,
        .num_fields = count,
        .fields = show_fields(state, requests, count),
        .table_reader_ext = &v3_table_reader,
        .value_offsets = offsets ? guard_copy(&state->shown.offsets, &none, sizeof none) : NULL,
    };

    if (input.fields == NULL || (offsets && input.value_offsets == NULL))
        return NULL;
    memcpy(&input.table_reader, &v3_table_reader, sizeof input.table_reader);
    return guard_copy(&state->shown.more, &input, extraction_size(state->library->options.minor));
}

/* Can the framework use these values? NULL, or the rule that they break. */
static const char *broken_rule(const ss_plugin_extract_field *answer, const struct field *field)
{
    if (answer->res_len == UNSET_64)
        return "res_len was not set";
    if (answer->res_len > 1 && !field->list)
        return "more than one value for a field that is no list";
    if (answer->res_len > 0 && (answer->res.str == NULL || (const void *)answer->res.str == UNSET_POINTER))
        return "res_len says that there are values, and the pointer to them was not set";
    for (uint64_t i = 0; i < answer->res_len; i++) {
        if (field->number == FIELD_STRING && answer->res.str[i] == NULL)
            return "a string is NULL";
        if ((field->number == FIELD_IPADDR || field->number == FIELD_IPNET) &&
            ((answer->res.buf[i].len != 4 && answer->res.buf[i].len != 16) || answer->res.buf[i].ptr == NULL))
            return "an address has neither 4 nor 16 bytes";
    }
    return NULL;
}

static enum verdict take_results(struct state *state, const struct field_request *requests, uint32_t count,
                                 bool offsets, struct result *results, char *message)
{
    const ss_plugin_extract_field *answers = (ss_plugin_extract_field *)state->shown.fields.data;
    const ss_plugin_extract_value_offsets *places =
        (ss_plugin_extract_value_offsets *)state->shown.offsets.data;

    for (uint32_t i = 0; i < count; i++) {
        const char *rule = broken_rule(&answers[i], requests[i].field);
        if (rule != NULL) {
            library_fail(message, "extract_fields of plugin %s, field %s: %s", state->library->name,
                         requests[i].field->name, rule);
            return VERDICT_BROKEN;
        }
        results[i] = (struct result){
            .field = requests[i].field, .count = answers[i].res_len, .values = answers[i].res.str};
        if (offsets && places->start != NULL && places->length != NULL) {
            results[i].has_offsets = true;
            results[i].starts = places->start;
            results[i].lengths = places->length;
        }
    }
    return VERDICT_FINE;
}

/* Would libsinsp ask this plugin at all? It knows the event's type and source. */
static bool is_compatible(const struct state *state, const struct event *event)
{
    const struct library *library = state->library;
    const struct event_types *types =
        library->options.minor == 0 ? &library->extract_types : &state->extract_types;
    bool found = types->all;

    for (size_t i = 0; i < types->count && !found; i++)
        found = types->items[i] == event->type;
    return found && (event->source == NULL || library->extract_sources.count == 0 ||
                     texts_have(&library->extract_sources, event->source));
}

static enum verdict extract(struct state *state, const struct event *event,
                            const struct field_request *requests, uint32_t count, bool offsets,
                            struct result *results, char *message)
{
    const ss_plugin_event_input *shown;
    const ss_plugin_field_extract_input *input;
    ss_plugin_rc rc;

    if (!is_compatible(state, event)) {
        for (uint32_t i = 0; i < count; i++)
            results[i] = (struct result){.field = requests[i].field};
        return VERDICT_FINE;
    }
    offsets = offsets && state->library->options.minor >= 11;
    shown = show_event(state, event);
    input = show_extraction(state, requests, count, offsets);
    if (shown == NULL || input == NULL)
        return out_of_memory(message);
    rc = API(state->library, extract_fields)(state->plugin, shown, input);
    guard_spoil(&state->shown.input);
    guard_spoil(&state->shown.text);
    guard_spoil(&state->shown.more);
    guard_spoil(&state->shown.arguments);
    if (rc != SS_PLUGIN_SUCCESS)
        return VERDICT_FAILED;
    return take_results(state, requests, count, offsets, results, message);
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
    .extract = extract,
};
