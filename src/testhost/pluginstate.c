#include "testhost/driver.h"
#include "testhost/inspector.h"

#include <stdlib.h>
#include <string.h>

enum verdict state_init(struct state *state, struct library *library, struct inspector *inspector,
                        const char *config, char *message)
{
    enum verdict verdict;

    memset(state, 0, sizeof *state);
    state->library = library;
    plugin_owner_open(&state->owner);
    state->owner.speaker = library->options.log_to_stderr ? library->name : NULL;
    async_open(&state->async);
    if (!inspector_join(inspector, state))
        return out_of_memory(message);
    if (!library_check_config(library, config, message))
        return VERDICT_REFUSED;
    verdict = library->driver->init(state, config, message);
    state->initialised = verdict == VERDICT_FINE;
    return verdict;
}

/* Longest time in which a routine is to return once it was taken out. */
#define ROUTINE_SECONDS 10

/* sinsp's destructor throws where a plugin refuses to be closed, and the process ends. */
static void close_or_report(struct state *state, const char *symbol,
                            enum verdict (*close)(struct state *state, char *message))
{
    char message[HOST_MESSAGE];

    if (close(state, message) == VERDICT_FAILED)
        violations_add(&state->inspector->violations,
                       "%s of plugin %s failed when the host ended, which aborts it: %s", symbol,
                       state->library->name, state_last_error(state));
}

/* False: a thread is still in the plugin, which so cannot be destroyed. */
static bool close_capture(struct state *state)
{
    const struct driver *driver = state->library->driver;

    if (state->async.asked)
        close_or_report(state, "set_async_event_handler", driver->async_close);
    if (state->listening)
        close_or_report(state, "capture_close", driver->capture_close);
    if (!state->routines.ready || thread_pool_purge(&state->routines, ROUTINE_SECONDS))
        return true;
    violations_add(&state->inspector->violations,
                   "a routine of plugin %s does not return: hosts wait for it for ever",
                   state->library->name);
    return false;
}

void state_destroy(struct state *state)
{
    while (state->instances != NULL)
        instance_close(state->instances);
    if (state->plugin != NULL && close_capture(state))
        state->library->driver->destroy(state);
    state->plugin = NULL;
    state->initialised = false;
}

void state_release(struct state *state)
{
    struct guard *guards = (struct guard *)&state->shown;

    for (size_t i = 0; i < sizeof state->shown / sizeof *guards; i++)
        guard_free(&guards[i]);
    free(state->extract_types.items);
    free(state->parse_types.items);
    memset(&state->extract_types, 0, sizeof state->extract_types);
    memset(&state->parse_types, 0, sizeof state->parse_types);
    inspector_leave(state);
    thread_pool_close(&state->routines);
    async_close(&state->async);
    plugin_owner_close(&state->owner);
}

enum verdict instance_open(struct instance *instance, struct state *state, const char *params, char *message)
{
    enum verdict verdict;

    memset(instance, 0, sizeof *instance);
    instance->state = state;
    verdict = state->library->driver->open(instance, params, message);
    instance->open = true;
    instance->next = state->instances;
    state->instances = instance;
    return verdict;
}

void instance_close(struct instance *instance)
{
    struct instance **link = &instance->state->instances;

    if (!instance->open)
        return;
    instance->state->library->driver->close(instance);
    instance->open = false;
    instance->batch++; /* its events are gone */
    while (*link != NULL && *link != instance)
        link = &(*link)->next;
    if (*link != NULL)
        *link = instance->next;
}
