#include "testhost/tableregistry.h"
#include "testhost/v3.h"

#include <stddef.h>
#include <string.h>

/*
 * Capture listening, and the routines that plugins begin in it.
 */

static size_t listening_size(unsigned minor)
{
    return minor < 9 ? offsetof(ss_plugin_capture_listen_input, get_owner_last_error)
                     : sizeof(ss_plugin_capture_listen_input);
}

static bool run_round(void *owner, void (*function)(void), void *argument)
{
    struct state *state = owner;

    return ((ss_plugin_routine_fn_t)function)(state->plugin, argument) != 0;
}

static ss_plugin_routine_t *subscribe(ss_plugin_owner_t *o, ss_plugin_routine_fn_t f,
                                      ss_plugin_routine_state_t *i)
{
    struct state *state = o;

    if (f != NULL)
        return thread_pool_add(&state->routines, (void (*)(void))f, i);
    violations_add(&state->inspector->violations, "plugin %s subscribed a routine that is NULL",
                   state->library->name);
    return NULL;
}

static ss_plugin_rc unsubscribe(ss_plugin_owner_t *o, ss_plugin_routine_t *r)
{
    return thread_pool_remove(&((struct state *)o)->routines, r) ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
}

static const ss_plugin_capture_listen_input *show_listening(struct state *state)
{
    const ss_plugin_routine_vtable routines = {subscribe, unsubscribe};
    struct shown *shown = &state->shown;
    ss_plugin_capture_listen_input input = {.owner = state, .get_owner_last_error = v3_owner_last_error};

    if (!state->routines.ready)
        thread_pool_open(&state->routines, run_round, state);
    if (!v3_show_tables(state) || guard_copy(&shown->routines, &routines, sizeof routines) == NULL)
        return NULL;
    input.routine = (ss_plugin_routine_vtable *)shown->routines.data;
    input.table_reader_ext = (ss_plugin_table_reader_vtable_ext *)shown->table_reader.data;
    input.table_writer_ext = (ss_plugin_table_writer_vtable_ext *)shown->table_writer.data;
    return guard_copy(&shown->more, &input, listening_size(state->library->options.minor));
}

static enum verdict call(struct state *state, plugin_capture_open_fn *function, char *message)
{
    const ss_plugin_capture_listen_input *input = show_listening(state);
    ss_plugin_rc rc;

    if (input == NULL)
        return out_of_memory(message);
    rc = function(state->plugin, input);
    guard_spoil(&state->shown.more);
    guard_spoil(&state->shown.routines);
    v3_hide_tables(state);
    return rc == SS_PLUGIN_SUCCESS ? VERDICT_FINE : VERDICT_FAILED;
}

enum verdict v3_capture_open(struct state *state, char *message)
{
    if (!v3_has(state, SYMBOL_capture_open, message))
        return VERDICT_REFUSED;
    state->listening = true; /* also if it fails: sinsp calls capture_close all the same */
    return call(state, API(state->library, capture_open), message);
}

/* A routine that runs longer hangs sinsp, which waits for all routines. */
#define ROUTINE_SECONDS 10

enum verdict v3_capture_close(struct state *state, char *message)
{
    enum verdict verdict;

    if (!v3_has(state, SYMBOL_capture_close, message))
        return VERDICT_REFUSED;
    state->listening = false;
    verdict = call(state, API(state->library, capture_close), message);
    if (thread_pool_purge(&state->routines, ROUTINE_SECONDS))
        return verdict;
    message_fail(message, "a routine of plugin %s does not return: hosts wait for it for ever",
                 state->library->name);
    return VERDICT_BROKEN;
}
