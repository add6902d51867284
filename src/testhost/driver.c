#include "testhost/driver.h"

enum verdict out_of_memory(char *message)
{
    message_no_memory(message);
    return VERDICT_BROKEN;
}

const char *state_last_error(struct state *state)
{
    const char *text = NULL;

    if (state->plugin == NULL)
        return state->library->driver->failures;
    text = state->library->driver->last_error(state);
    return text != NULL ? text : "";
}

bool event_is_valid(const struct event *event)
{
    if (event->gone)
        return false;
    return event->instance == NULL || event->instance->batch == event->batch;
}

static bool is_result(int rc)
{
    return rc == BATCH_SUCCESS || rc == BATCH_FAILURE || rc == BATCH_TIMEOUT || rc == BATCH_EOF ||
           rc == BATCH_NOT_SUPPORTED;
}

enum verdict instance_take_batch(struct instance *instance, int rc, uint32_t count, const void *events,
                                 char *message)
{
    const char *name = instance->state->library->name;

    instance->count = 0;
    if (!is_result(rc))
        message_fail(message, "next_batch of plugin %s answered an unknown result code %d", name, rc);
    else if (count == UNSET_32)
        message_fail(
            message,
            "next_batch of plugin %s did not set the number of events: hosts would show the last batch "
            "again (nevts must be 0 where there are none)",
            name);
    else if (count == 0 && rc == BATCH_SUCCESS)
        message_fail(message, "unexpected 0 size event returned by plugin %s", name);
    else if (count > 0 && (events == NULL || events == UNSET_POINTER))
        message_fail(
            message,
            "next_batch of plugin %s answered %u events and did not set the array: hosts would show the "
            "last batch again",
            name, (unsigned)count);
    else {
        instance->count = count;
        instance->events = events;
        instance->result = (enum batch_result)rc;
        return VERDICT_FINE;
    }
    return VERDICT_BROKEN;
}
