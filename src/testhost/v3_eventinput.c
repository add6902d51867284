#include "testhost/v3.h"

#include <string.h>

static bool is_kernel_event(const struct event *event)
{
    return event->type != PPME_PLUGINEVENT_E && event->type != PPME_ASYNCEVENT_E;
}

/* The name of the event's source; if its maker named none, that of the plugin. */
static const char *source_of(const struct event *event, const struct library *library)
{
    if (event->source != NULL)
        return event->source;
    if (is_kernel_event(event))
        return "syscall";
    if (library->event_source != NULL)
        return library->event_source;
    return library->extract_sources.count > 0 ? library->extract_sources.items[0] : "syscall";
}

const ss_plugin_event_input *v3_show_event(struct state *state, const struct event *event)
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

void v3_hide_event(struct state *state)
{
    guard_spoil(&state->shown.input);
    guard_spoil(&state->shown.text);
}

bool v3_takes_event(const struct event_types *types, const struct string_list *sources,
                    const struct event *event)
{
    const char *source = event->source == NULL && is_kernel_event(event) ? "syscall" : event->source;
    bool found = types->all;

    for (size_t i = 0; i < types->count && !found; i++)
        found = types->items[i] == event->type;
    return found && (source == NULL || sources->count == 0 || string_list_have(sources, source));
}

bool v3_has(const struct state *state, int symbol, char *message)
{
    const struct symbol *found = &state->library->symbols[symbol];

    if (found->address != NULL)
        return true;
    if (v3_symbol_since(symbol) > state->library->options.minor)
        return message_fail(message, "a host of plugin API 3.%u does not know plugin_%s",
                            state->library->options.minor, found->name);
    return message_fail(message, "plugin %s has no plugin_%s", state->library->name, found->name);
}

const char *v3_owner_last_error(ss_plugin_owner_t *o)
{
    return plugin_owner_last_error(&((struct state *)o)->owner);
}
