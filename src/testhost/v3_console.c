#include "v3/console.h"

#include "testhost/v3.h"

enum verdict v3_console(struct state *state, const char *request, const char *text, const struct event *event,
                        const char **answer, char *message)
{
    const ss_plugin_event_input *input = event != NULL ? v3_show_event(state, event) : NULL;
    lure_console_fn *console;
    ss_plugin_rc rc;

    *(void **)&console = library_console(state->library);
    if (console == NULL) {
        message_fail(message, "plugin %s was not made by lure", state->library->name);
        return VERDICT_REFUSED;
    }
    if (event != NULL && input == NULL)
        return out_of_memory(message);
    *answer = console(state->plugin, request, text, input, &rc);
    if (event != NULL)
        v3_hide_event(state);
    if (rc == SS_PLUGIN_NOT_SUPPORTED) {
        message_fail(message, "plugin %s was made by another version of lure, which cannot tell",
                     state->library->name);
        return VERDICT_REFUSED;
    }
    return *answer != NULL ? VERDICT_FINE : VERDICT_FAILED;
}
