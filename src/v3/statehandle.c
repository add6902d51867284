#include "v3/statehandle.h"

#include "plugin/lifecycle.h"

const ss_plugin_event no_event;

/* Lets go of what a function of the host's held that has not returned. It was called by this thread, in the
 * middle of a script, which can never go on: so the state refuses everything but its destruction. */
static void abandon(struct handle *handle)
{
    struct plugin *plugin = handle_plugin(handle);
    bool locked = handle_is_started(handle); /* else it was in destroy */

    handle->left = true;
    __atomic_store_n(&handle->state.started, false, __ATOMIC_RELAXED);
    tables_end(handle);
    tables_release(handle);
    plugin_abandon(plugin);
    metrics_abandon(handle);
    __atomic_store_n(&handle->caller, (pthread_t)0, __ATOMIC_RELAXED);
    if (locked) {
        fairlock_leave(&plugin->lock);
    }
}

__attribute__((noinline)) void handle_refuse(struct handle *handle)
{
    if (handle == NULL) {
        return;
    }
    /* that function is gone where this call came from above its caller; stacks grow downward */
    if (handle_is_calling(handle) && (uintptr_t)__builtin_frame_address(0) > handle->calling) {
        abandon(handle);
    }
    if (handle_is_calling(handle)) {
        plugin_fail_plain(handle_plugin(handle),
                          "the host called the plugin from a function that the plugin had called");
    } else if (handle->left) {
        plugin_fail_plain(
            handle_plugin(handle),
            "a function of the host's, called by the plugin, has not returned (an exception, or "
            "longjmp): the script is half way through");
    } else if (handle_is_started(handle)) {
        plugin_fail_plain(handle_plugin(handle), "the plugin was in use when this process was forked");
    } else if (handle->state.identity != NULL) {
        plugin_fail_plain(handle_plugin(handle), "the plugin is not initialised");
    } /* else it was destroyed, which is its last error */
}

bool handle_refuse_null(struct handle *handle, const char *text)
{
    if (handle != NULL) {
        plugin_fail_plain(handle_plugin(handle), text);
    }
    return false;
}

bool handle_lock(struct handle *handle)
{
    fairlock_lock(&handle_plugin(handle)->lock);
    if (handle_is_started(handle)) {
        return true;
    }
    fairlock_unlock(&handle_plugin(handle)->lock);
    return false;
}

struct host_call handle_call_host(struct handle *handle)
{
    struct host_call call = {handle->caller, handle->calling, handle_plugin(handle)->extraction.recognizable};

    __atomic_store_n(&handle->caller, pthread_self(), __ATOMIC_RELAXED);
    handle->calling = (uintptr_t)__builtin_frame_address(0);
    handle_plugin(handle)->extraction.recognizable = false; /* so that extract_fields answers from nothing */
    return call;
}

void handle_return(struct handle *handle, struct host_call call)
{
    __atomic_store_n(&handle->caller, call.caller, __ATOMIC_RELAXED);
    handle->calling = call.calling;
    handle_plugin(handle)->extraction.recognizable = call.recognizable;
}
