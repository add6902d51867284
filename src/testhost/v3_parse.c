#include "testhost/v3.h"

#include <stddef.h>
#include <string.h>

static size_t parse_size(unsigned minor)
{
    return minor < 1 ? offsetof(ss_plugin_event_parse_input, table_reader_ext)
                     : sizeof(ss_plugin_event_parse_input);
}

static const ss_plugin_event_parse_input *show_parsing(struct state *state)
{
    ss_plugin_event_parse_input input = {.owner = state, .get_owner_last_error = v3_owner_last_error};

    if (!v3_show_tables(state))
        return NULL;
    input.table_reader_ext = (ss_plugin_table_reader_vtable_ext *)state->shown.table_reader.data;
    input.table_writer_ext = (ss_plugin_table_writer_vtable_ext *)state->shown.table_writer.data;
    memcpy(&input.table_reader, input.table_reader_ext, sizeof input.table_reader);
    memcpy(&input.table_writer, input.table_writer_ext, sizeof input.table_writer);
    return guard_copy(&state->shown.more, &input, parse_size(state->library->options.minor));
}

enum verdict v3_parse(struct state *state, const struct event *event, bool unasked, bool *shown,
                      char *message)
{
    const struct library *library = state->library;
    const struct event_types *types =
        library->options.minor == 0 ? &library->parse_types : &state->parse_types;
    const ss_plugin_event_input *input;
    const ss_plugin_event_parse_input *more;
    ss_plugin_rc rc;

    *shown = false;
    if (!v3_has(state, SYMBOL_parse_event, message))
        return VERDICT_REFUSED;
    *shown = unasked || v3_takes_event(types, &library->parse_sources, event);
    if (!*shown)
        return VERDICT_FINE;
    input = v3_show_event(state, event);
    more = show_parsing(state);
    if (input == NULL || more == NULL)
        return out_of_memory(message);
    rc = API(library, parse_event)(state->plugin, input, more);
    v3_hide_event(state);
    guard_spoil(&state->shown.more);
    v3_hide_tables(state);
    return rc == SS_PLUGIN_SUCCESS ? VERDICT_FINE : VERDICT_FAILED;
}
