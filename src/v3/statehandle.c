#include "v3/statehandle.h"

void handle_refuse(struct handle *handle)
{
    if (handle == NULL) {
        return;
    }
    if (handle_is_calling(handle)) {
        plugin_fail_plain(handle_plugin(handle),
                          "the host called the plugin from a function that the plugin had called");
    } else if (handle->state->started) {
        plugin_fail_plain(handle_plugin(handle), "the plugin was in use when this process was forked");
    } else {
        plugin_fail(handle_plugin(handle), "the plugin is not initialised");
    }
}

struct host_call handle_call_host(struct handle *handle)
{
    struct host_call call = {.caller = handle->caller};

    __atomic_store_n(&handle->caller, pthread_self(), __ATOMIC_RELAXED);
    if (handle->state != NULL) { /* not in init */
        call.recognizable = handle_plugin(handle)->extraction.recognizable;
        handle_plugin(handle)->extraction.recognizable =
            false; /* so that extract_fields answers from nothing */
    }
    return call;
}

void handle_return(struct handle *handle, struct host_call call)
{
    __atomic_store_n(&handle->caller, call.caller, __ATOMIC_RELAXED);
    if (handle->state != NULL) {
        handle_plugin(handle)->extraction.recognizable = call.recognizable;
    }
}
