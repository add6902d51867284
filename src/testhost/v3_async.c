#include "testhost/tableregistry.h"
#include "testhost/v3.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Async events, checked as libsinsp's handlers check them, with their messages. What they refuse is reported
 * to the plugin; what they would wrongly accept is a violation. The handlers are called on any thread. */

/* Events that are so far ahead of the clock are dropped by libsinsp. */
#define MOST_AHEAD UINT64_C(10000000000)

/* The layout of an async event after its header: three lengths, then plugin id, name, data. */
struct parts {
    ss_plugin_event header;
    uint32_t lengths[3];
    uint32_t plugin_id;
    const char *name, *data;
};

/* Reads what follows the header. NULL, or what is wrong with it, which libsinsp does not check. */
static const char *read_parts(const ss_plugin_event *event, struct parts *parts)
{
    const char *at = (const char *)event;
    uint64_t length = sizeof parts->header + sizeof parts->lengths;

    memcpy(parts->lengths, at + sizeof parts->header, sizeof parts->lengths);
    for (size_t i = 0; i < 3; i++)
        length += parts->lengths[i];
    if (length != parts->header.len)
        return "the lengths of its parameters do not add up to its own";
    at += sizeof parts->header + sizeof parts->lengths;
    if (parts->lengths[0] != sizeof parts->plugin_id)
        return "the plugin id has not 4 bytes";
    memcpy(&parts->plugin_id, at, sizeof parts->plugin_id);
    parts->name = at + parts->lengths[0];
    parts->data = parts->name + parts->lengths[1];
    if (parts->lengths[1] == 0 || memchr(parts->name, '\0', parts->lengths[1]) != parts->data - 1)
        return "the name does not end with its only NUL";
    return NULL;
}

/* Tells the plugin that its event is not taken; the host goes on. */
__attribute__((format(printf, 2, 3))) static ss_plugin_rc refuse(char *err, const char *format, ...)
{
    char text[PLUGIN_MAX_ERRLEN];
    va_list values;

    va_start(values, format);
    vsnprintf(text, sizeof text, format, values);
    va_end(values);
    if (err != NULL)
        memcpy(err, text, sizeof text); /* all of it: the plugin has to have this room */
    return SS_PLUGIN_FAILURE;
}

/* The open event source: that of async_open, else the plugin's own, else the kernel's. */
static const char *open_source(const struct state *state)
{
    if (state->async.source != NULL)
        return state->async.source;
    return state->library->event_source != NULL ? state->library->event_source : "syscall";
}

/* The checks that both handlers make. The plugin's id is set by sinsp, whatever it is. */
static ss_plugin_rc check(struct state *state, const ss_plugin_event *event, struct parts *parts, char *err)
{
    const struct library *library = state->library;
    const char *fault;

    memcpy(&parts->header, event, sizeof parts->header);
    if (parts->header.type != PPME_ASYNCEVENT_E || parts->header.nparams != 3)
        return refuse(err, "malformed async event produced by plugin: %s", library->name);
    fault = read_parts(event, parts);
    if (fault != NULL) {
        violations_add(&state->inspector->violations, "malformed async event produced by plugin: %s (%s)",
                       library->name, fault);
        return refuse(err, "malformed async event produced by plugin: %s (%s)", library->name, fault);
    }
    if (!string_list_have(&library->async_events, parts->name))
        return refuse(err, "incompatible async event '%s' produced by plugin: %s", parts->name,
                      library->name);
    return SS_PLUGIN_SUCCESS;
}

/* The checks of sinsp, which knows the open event source. */
static ss_plugin_rc check_source(const struct state *state, const struct parts *parts, char *err)
{
    const struct library *library = state->library;
    const char *source = open_source(state);

    if (library->async_sources.count > 0 && !string_list_have(&library->async_sources, source))
        return refuse(err, "async events of plugin '%s' are not compatible with open event source '%s'",
                      library->name, source);
    if (strcmp(source, "syscall") != 0 && parts->header.tid != UINT64_MAX)
        return refuse(err,
                      "async events of plugin '%s' can have no thread associated with open event source '%s'",
                      library->name, source);
    if (parts->header.ts != UINT64_MAX && parts->header.ts > event_now() + MOST_AHEAD)
        return refuse(err, "async event ts too far in future: plugin %s", library->name);
    return SS_PLUGIN_SUCCESS;
}

/* A copy, with what sinsp sets in it set. */
static struct async_event copy(const struct state *state, const struct parts *parts)
{
    struct async_event event = {
        .name = strdup(parts->name),
        .data = malloc(parts->lengths[2] + (size_t)1),
        .size = parts->lengths[2],
        .ts = parts->header.ts != UINT64_MAX ? parts->header.ts : event_now(),
        .tid = parts->header.tid,
        .plugin_id = strcmp(open_source(state), "syscall") != 0 ? state->library->id : 0,
    };

    if (event.data != NULL)
        memcpy(event.data, parts->data, event.size);
    return event;
}

static ss_plugin_rc handle(ss_plugin_owner_t *o, const ss_plugin_event *evt, char *err)
{
    struct state *state = o;
    struct async_event event;
    struct parts parts;
    bool open, failing;
    ss_plugin_rc rc;

    pthread_mutex_lock(&state->async.lock);
    open = state->async.open;
    failing = open && state->async.refusal != NULL;
    if (failing && err != NULL)
        snprintf(err, PLUGIN_MAX_ERRLEN, "%s", state->async.refusal);
    pthread_mutex_unlock(&state->async.lock);
    if (!open)
        return refuse(err, "async event sent with NULL handler: %s", state->library->name);
    if (failing)
        return SS_PLUGIN_FAILURE;
    rc = check(state, evt, &parts, err);
    if (rc == SS_PLUGIN_SUCCESS)
        rc = check_source(state, &parts, err);
    if (rc != SS_PLUGIN_SUCCESS)
        return rc;
    event = copy(state, &parts);
    return async_add(&state->async, &event) ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
}

static void set_open(struct state *state, bool open)
{
    pthread_mutex_lock(&state->async.lock);
    state->async.open = open;
    pthread_mutex_unlock(&state->async.lock);
}

enum verdict v3_async_open(struct state *state, char *message)
{
    ss_plugin_rc rc;

    if (!v3_has(state, SYMBOL_set_async_event_handler, message))
        return VERDICT_REFUSED;
    set_open(state, true); /* before: the plugin may send at once */
    state->async.asked = true;
    rc = API(state->library, set_async_event_handler)(state->plugin, state, handle);
    if (rc == SS_PLUGIN_SUCCESS)
        return VERDICT_FINE;
    set_open(state, false);
    return VERDICT_FAILED;
}

enum verdict v3_async_close(struct state *state, char *message)
{
    ss_plugin_rc rc;

    if (!v3_has(state, SYMBOL_set_async_event_handler, message))
        return VERDICT_REFUSED;
    state->async.asked = false;
    rc = API(state->library, set_async_event_handler)(state->plugin, state, NULL);
    if (rc != SS_PLUGIN_SUCCESS)
        return VERDICT_FAILED; /* the handler stays */
    set_open(state, false);
    return VERDICT_FINE;
}

/* ---- dump_state ---- */

/* Where the events of a dump go: dumps are made one at a time, on the caller's thread. */
static _Thread_local struct async_list *dumped;

static ss_plugin_rc dump(ss_plugin_owner_t *o, const ss_plugin_event *evt, char *err)
{
    struct state *state = o;
    struct async_event event;
    struct parts parts;
    ss_plugin_rc rc;

    if (dumped == NULL) {
        violations_add(&state->inspector->violations,
                       "plugin %s dumps state outside of dump_state, or on another thread",
                       state->library->name);
        return SS_PLUGIN_FAILURE;
    }
    rc = check(state, evt, &parts, err);
    if (rc != SS_PLUGIN_SUCCESS)
        return rc;
    event = copy(state, &parts);
    return async_list_add(dumped, &event) ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
}

enum verdict v3_dump_state(struct state *state, struct async_list *events, char *message)
{
    ss_plugin_rc rc;

    if (!v3_has(state, SYMBOL_dump_state, message) || !v3_has(state, SYMBOL_set_async_event_handler, message))
        return VERDICT_REFUSED;
    dumped = events;
    rc = API(state->library, dump_state)(state->plugin, state, dump);
    dumped = NULL;
    return rc == SS_PLUGIN_SUCCESS ? VERDICT_FINE : VERDICT_FAILED;
}
