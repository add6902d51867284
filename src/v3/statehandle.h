/*
 * v3/statehandle: the object behind the `ss_plugin_t *` of a host of the plugin API 3.
 *
 * It holds the plugin state, what the host passed to plugin_init, and what only this API has: async events,
 * capture listening, metrics, state tables. Structs of the host are copied, and no pointer to them is kept.
 */
#ifndef LURE_V3_STATEHANDLE_H
#define LURE_V3_STATEHANDLE_H

#include "identity/state.h"
#include "v3/abi.h"
#include "v3/async.h"
#include "v3/capturelistening.h"
#include "v3/metrics.h"
#include "v3/tables.h"

#include <pthread.h>
#include <stdbool.h>

/* First minor versions with members of structs. */
#define SINCE_EXT_TABLES    1u  /* table_reader_ext and the like */
#define SINCE_LOG           3u  /* ss_plugin_init_input.log_fn */
#define SINCE_INIT_TABLES   5u  /* ss_plugin_init_tables_input.reader_ext, writer_ext */
#define SINCE_LISTEN_ERROR  9u  /* ss_plugin_capture_listen_input.get_owner_last_error */
#define SINCE_VALUE_OFFSETS 11u /* ss_plugin_field_extract_input.value_offsets */

/* What is looked at for each field stands first. */
struct handle {
    unsigned minor; /* the host is of this version at least: declared, or learned */
    struct {
        const ss_plugin_event *own;     /* input.evt, if it is in a batch of this state that no other thread
                                         * changes, else `no_event` */
        ss_plugin_event *const *behind; /* where the batch has the next, or NULL; see v3/batch.h */
        ss_plugin_event_input input;
        ss_plugin_event header; /* where `own` is no_event */
    } shown;                    /* the event that fields were last asked of, where it is known again */
    struct state state;
    bool in_init;
    pthread_t caller;  /* the thread that runs a function of the host's for us, or 0; changed atomically */
    uintptr_t calling; /* a stack address of that thread's below which that function runs */
    bool left;         /* such a function has not returned: an exception, or a longjmp */
    ss_plugin_owner_t *owner;
    ss_plugin_log_fn_t log_fn; /* or NULL */
    const char *(*get_owner_last_error)(ss_plugin_owner_t *o);
    struct async async;
    struct listening listening;
    struct metrics metrics;
    struct tables tables;
    struct owned_text console_answer;
};

static inline struct plugin *handle_plugin(struct handle *handle)
{
    return &handle->state.plugin;
}

/* What hosts do not have, also not where they pass NULL for an event. */
extern const ss_plugin_event no_event;

/* The handle of a state that has ended, or whose init has failed, starts nothing any more. */
static inline bool handle_is_started(const struct handle *handle)
{
    return __atomic_load_n(&handle->state.started, __ATOMIC_RELAXED);
}

/* Is this thread in a function of the host's that the plugin has called? */
static inline bool handle_is_calling(const struct handle *handle)
{
    return pthread_equal(__atomic_load_n(&handle->caller, __ATOMIC_RELAXED), pthread_self());
}

/* Keeps the error of a call that handle_usable refuses. */
void handle_refuse(struct handle *handle);

/*
 * May a function of the API go on? NULL, with the error set: init has failed; the state was destroyed; or a
 * script is half way through, because this thread is in a function of the host's that the plugin has called,
 * or for ever because that has not returned, or because this is a forked child. NULL also for NULL.
 */
static inline struct plugin *handle_usable(struct handle *handle)
{
    if (handle != NULL && handle_is_started(handle) && !handle_is_calling(handle) &&
        fairlock_is_usable(&handle_plugin(handle)->lock)) {
        return handle_plugin(handle);
    }
    handle_refuse(handle);
    return NULL;
}

/* Takes a lock that is on. False: the state has ended meanwhile. */
bool handle_lock(struct handle *handle);

/* As handle_usable, and takes the plugin state's lock. */
static inline struct plugin *handle_enter(struct handle *handle)
{
    struct plugin *plugin = handle_usable(handle);

    if (plugin != NULL && plugin->lock.on) {
        return handle_lock(handle) ? plugin : NULL;
    }
    if (plugin != NULL) {
        fairlock_enter(&plugin->lock);
    }
    return plugin;
}

/* Keeps the error of a call to which the host has passed NULL where the API wants an object, and returns
 * false. */
bool handle_refuse_null(struct handle *handle, const char *text);

static inline void handle_leave(struct handle *handle)
{
    fairlock_leave(&handle_plugin(handle)->lock);
}

/* Tells the host, if it has passed where. */
static inline void give_rc(ss_plugin_rc *rc, bool success)
{
    if (rc != NULL) {
        *rc = success ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
    }
}

/* What handle_return puts back. */
struct host_call {
    pthread_t caller;
    uintptr_t calling;
    bool recognizable;
};

/* Around a call of a function of the host's, by the thread that is in the plugin state: what that function
 * calls of the plugin is refused, and nothing of the script's or of the event's changes meanwhile. */
struct host_call handle_call_host(struct handle *handle);
void handle_return(struct handle *handle, struct host_call call);

/* Reads what the host shows. False: its lengths do not add up. */
bool handle_read_event(const ss_plugin_event_input *input, struct event *event);

/* Behind each exported plugin_NAME stands entry_NAME. Those that both APIs have are in identity/entry_info.h.
 */
#define ENTRY(name, since, need, result, parameters) plugin_##name##_fn entry_##name;
PLUGIN_API_SYMBOLS(ENTRY)
#undef ENTRY

#endif
