#include "testhost/v3.h"

#include <stdlib.h>
#include <string.h>

/*
 * What hosts ask beside events: metrics, which Falco's web server asks on a thread of its
 * own, and a new config.
 */

/* The value of a metric, as wide as can be. False: its type is none. */
static bool widen(const ss_plugin_metric *from, struct metric *to)
{
    switch (from->value_type) {
    case SS_PLUGIN_METRIC_VALUE_TYPE_U32:
        to->value.u = from->value.u32;
        return true;
    case SS_PLUGIN_METRIC_VALUE_TYPE_S32:
        to->value.s = from->value.s32;
        return true;
    case SS_PLUGIN_METRIC_VALUE_TYPE_U64:
        to->value.u = from->value.u64;
        return true;
    case SS_PLUGIN_METRIC_VALUE_TYPE_S64:
        to->value.s = from->value.s64;
        return true;
    case SS_PLUGIN_METRIC_VALUE_TYPE_D:
        to->value.d = from->value.d;
        return true;
    case SS_PLUGIN_METRIC_VALUE_TYPE_F:
        to->value.d = (double)from->value.f;
        return true;
    case SS_PLUGIN_METRIC_VALUE_TYPE_I:
        to->value.s = from->value.i;
        return true;
    }
    return false;
}

static const char *take_metric(const ss_plugin_metric *from, struct metric *to)
{
    to->name = from->name;
    to->type = (int)from->type;
    to->value_type = (enum metric_value_type)from->value_type;
    if (from->name == NULL)
        return "a metric has no name";
    if (to->type != METRIC_MONOTONIC && to->type != METRIC_NON_MONOTONIC)
        return "a metric is neither monotonic nor non-monotonic";
    return widen(from, to) ? NULL : "a metric has a value of an unknown type";
}

enum verdict v3_metrics(struct state *state, struct metric **metrics, uint32_t *count, char *message)
{
    const ss_plugin_metric *answer;
    const char *fault = NULL;

    *metrics = NULL;
    *count = 0;
    if (!v3_has(state, SYMBOL_get_metrics, message))
        return VERDICT_REFUSED;
    answer = API(state->library, get_metrics)(state->plugin, count);
    if (answer == NULL && *count > 0)
        fault = "there are to be metrics, and the array is NULL";
    *metrics = calloc(*count + (size_t)1, sizeof **metrics);
    if (*metrics == NULL)
        return out_of_memory(message);
    for (uint32_t i = 0; i < *count && fault == NULL; i++)
        fault = take_metric(&answer[i], &(*metrics)[i]);
    if (fault == NULL)
        return VERDICT_FINE;
    message_fail(message, "get_metrics of plugin %s: %s", state->library->name, fault);
    free(*metrics);
    *metrics = NULL;
    return VERDICT_BROKEN;
}

enum verdict v3_set_config(struct state *state, const char *config, char *message)
{
    ss_plugin_set_config_input input;
    const void *shown;
    ss_plugin_rc rc;

    if (!v3_has(state, SYMBOL_set_config, message) || !library_check_config(state->library, config, message))
        return VERDICT_REFUSED;
    if (config[0] == '\0' && state->library->init_schema != NULL)
        config = "{}";
    input.config = guard_copy(&state->shown.text, config, strlen(config) + 1);
    shown = guard_copy(&state->shown.input, &input, sizeof input);
    if (input.config == NULL || shown == NULL)
        return out_of_memory(message);
    rc = API(state->library, set_config)(state->plugin, shown);
    guard_spoil(&state->shown.input);
    guard_spoil(&state->shown.text);
    return rc == SS_PLUGIN_SUCCESS ? VERDICT_FINE : VERDICT_FAILED;
}
