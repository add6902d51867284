#include "testhost/v3.h"

#include <stddef.h>
#include <string.h>

/* How libsinsp says that a field is a list: its own flag, not 1. */
#define LIST_FLAG (1 << 6)

/* Bytes of the struct in a host of this minor version. */
static size_t extraction_size(unsigned minor)
{
    if (minor < 1)
        return offsetof(ss_plugin_field_extract_input, table_reader_ext);
    return minor < 11 ? offsetof(ss_plugin_field_extract_input, value_offsets)
                      : sizeof(ss_plugin_field_extract_input);
}

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
        to->ftype = field->number;
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
        .get_owner_last_error = v3_owner_last_error,
        .num_fields = count,
        .fields = show_fields(state, requests, count),
        .value_offsets = offsets ? guard_copy(&state->shown.offsets, &none, sizeof none) : NULL,
    };

    if (input.fields == NULL || (offsets && input.value_offsets == NULL) || !v3_show_tables(state))
        return NULL;
    input.table_reader_ext = (ss_plugin_table_reader_vtable_ext *)state->shown.table_reader.data;
    memcpy(&input.table_reader, input.table_reader_ext, sizeof input.table_reader);
    return guard_copy(&state->shown.more, &input, extraction_size(state->library->options.minor));
}

/* Checks the values. NULL: the framework can use them; else the rule that they break. */
static const char *broken_rule(const ss_plugin_extract_field *answer, const struct field *field)
{
    if (answer->res_len == UNSET_64)
        return "res_len was not set";
    if (answer->res_len > 1 && !field->list)
        return "more than one value for a field that is no list";
    if (answer->res_len > 0 && (answer->res.str == NULL || (const void *)answer->res.str == UNSET_POINTER))
        return "res_len says that there are values, and the pointer to them was not set";
    for (uint64_t i = 0; i < answer->res_len; i++) {
        if (field->cell == FIELD_TEXT && answer->res.str[i] == NULL)
            return "a string is NULL";
        if (field->cell == FIELD_ADDRESS &&
            ((answer->res.buf[i].len != 4 && answer->res.buf[i].len != 16) || answer->res.buf[i].ptr == NULL))
            return "an address has neither 4 nor 16 bytes";
    }
    return NULL;
}

/* True if all values are inside of the event. {0, 0} says that one is not. */
static bool are_inside(const ss_plugin_extract_value_offsets *places, uint64_t count, uint32_t length)
{
    for (uint64_t i = 0; i < count; i++)
        if ((uint64_t)places->start[i] + places->length[i] > length)
            return false;
    return true;
}

static enum verdict take_results(struct state *state, const struct field_request *requests, uint32_t count,
                                 uint32_t length, bool offsets, struct result *results, char *message)
{
    const ss_plugin_extract_field *answers = (ss_plugin_extract_field *)state->shown.fields.data;
    const ss_plugin_extract_value_offsets *places =
        (ss_plugin_extract_value_offsets *)state->shown.offsets.data;

    for (uint32_t i = 0; i < count; i++) {
        const char *rule = broken_rule(&answers[i], requests[i].field);
        if (rule != NULL) {
            message_fail(message, "extract_fields of plugin %s, field %s: %s", state->library->name,
                         requests[i].field->name, rule);
            return VERDICT_BROKEN;
        }
        results[i] = (struct result){
            .field = requests[i].field, .count = answers[i].res_len, .values = answers[i].res.str};
        if (offsets && places->start != NULL && places->length != NULL) {
            if (!are_inside(places, answers[i].res_len, length)) {
                message_fail(
                    message,
                    "extract_fields of plugin %s, field %s: a value offset lies outside of the event "
                    "(hosts read one for each value)",
                    state->library->name, requests[i].field->name);
                return VERDICT_BROKEN;
            }
            results[i].has_offsets = true;
            results[i].starts = places->start;
            results[i].lengths = places->length;
        }
    }
    return VERDICT_FINE;
}

enum verdict v3_extract(struct state *state, const struct event *event, const struct field_request *requests,
                        uint32_t count, bool offsets, bool unasked, struct result *results, char *message)
{
    const struct library *library = state->library;
    const struct event_types *types =
        library->options.minor == 0 ? &library->extract_types : &state->extract_types;
    const ss_plugin_event_input *shown;
    const ss_plugin_field_extract_input *input;
    ss_plugin_event header;
    ss_plugin_rc rc;

    if (!unasked && !v3_takes_event(types, &library->extract_sources, event)) {
        for (uint32_t i = 0; i < count; i++)
            results[i] = (struct result){.field = requests[i].field};
        return VERDICT_FINE;
    }
    offsets = offsets && library->options.minor >= 11;
    shown = v3_show_event(state, event);
    input = show_extraction(state, requests, count, offsets);
    if (shown == NULL || input == NULL)
        return out_of_memory(message);
    memcpy(&header, shown->evt, sizeof header);
    rc = API(library, extract_fields)(state->plugin, shown, input);
    v3_hide_event(state);
    guard_spoil(&state->shown.more);
    guard_spoil(&state->shown.arguments);
    v3_hide_tables(state);
    if (rc != SS_PLUGIN_SUCCESS)
        return VERDICT_FAILED;
    return take_results(state, requests, count, header.len, offsets, results, message);
}
