/*
 * v3/entry_lifecycle: the exported functions for plugin states, from init to destroy.
 */
#include "base/slots.h"
#include "base/text.h"
#include "identity/loading.h"
#include "plugin/lifecycle.h"
#include "script/manifestchecks.h"
#include "v3/statehandle.h"

#include <stdio.h>
#include <stdlib.h>

/* The host's log function, as a log_sink. */
static void log_to_host(void *owner, const char *component, const char *text, enum log_level level)
{
    struct handle *handle = owner;
    struct host_call call = handle_call_host(handle);

    handle->log_fn(handle->owner, component, text, (ss_plugin_log_severity)level);
    handle_return(handle, call);
}

/* The lowest minor version that the host must have: its loader has accepted the declared one. */
static unsigned known_minor(const struct identity *identity, unsigned learned)
{
    unsigned declared = 0;

    if (identity != NULL && identity->manifest != NULL) {
        sscanf(identity->texts[IDENTITY_API_VERSION], "3.%u", &declared);
    }
    return declared > learned ? declared : learned;
}

static void open_framework_lj(lua_State *L, void *owner)
{
    async_open_lj(L, owner);
    tables_open_lj(L, owner);
}

static void resolve_framework_lj(lua_State *L, const struct manifest *manifest, void *owner)
{
    struct handle *handle = owner;

    if (handle->in_init) {
        tables_resolve_lj(L, handle, manifest);
    } else {
        tables_adopt_lj(L, handle);
    }
}

static void end_call(void *owner)
{
    tables_release(owner);
}

static void go_on(void *owner, bool swapped)
{
    async_go_on(owner, swapped);
}

static void close_script(void *owner)
{
    async_close(owner);
    listening_close(owner);
}

static bool open_capture(void *owner)
{
    return listening_open(owner);
}

static struct slots handles = {.size = sizeof(struct handle)};

__attribute__((destructor)) static void free_handles(void)
{
    slots_free(&handles);
}

/* Copies what the host passes. */
static void take_input(struct handle *handle, const ss_plugin_init_input *input, struct log *log)
{
    handle->owner = input->owner;
    handle->get_owner_last_error = input->get_owner_last_error;
    if (handle->minor >= SINCE_LOG && input->log_fn != NULL) {
        handle->log_fn = input->log_fn;
        log->sink = log_to_host;
        log->owner = handle;
    }
}

ss_plugin_t *entry_init(const ss_plugin_init_input *input, ss_plugin_rc *rc)
{
    struct handle *handle = slots_take(&handles);
    struct framework framework = {
        .open_lj = open_framework_lj,
        .resolve_lj = resolve_framework_lj,
        .end_call = end_call,
        .owner = handle,
        .close = close_script,
        .open = open_capture,
        .go_on = go_on,
    };
    struct identity *identity;
    struct log log = {0};
    unsigned learned;

    give_rc(rc, false);
    if (handle == NULL) {
        return NULL;
    }
    identity = loading_take(&learned);
    handle->minor = known_minor(identity, learned);
    handle->shown.own = &no_event;
    handle->in_init = true;
    if (input != NULL) {
        take_input(handle, input, &log);
        tables_begin_init(handle, input->tables);
    }
    state_start(&handle->state, identity, input != NULL ? input->config : NULL, log, framework);
    tables_end(handle);
    handle->in_init = false;
    if (handle->state.started) {
        plugin_begin(handle_plugin(handle));
    }
    give_rc(rc, handle->state.started);
    return handle;
}

void entry_destroy(ss_plugin_t *s)
{
    struct handle *handle = s;
    bool much;

    if (handle == NULL) {
        return;
    }
    if (handle_is_calling(handle)) {
        handle_refuse(handle);
    }
    if (handle_is_calling(handle) || !fairlock_is_usable(&handle_plugin(handle)->lock) ||
        !slots_end(handle)) {
        return; /* its own functions have to return first, and in a forked child never will; or a second one
                 */
    }
    async_stop(handle);
    listening_stop(handle);
    much = memory_is_much(&handle_plugin(handle)->memory);
    state_end(&handle->state);
    handle->shown.own = &no_event;
    tables_close(handle);
    metrics_close(handle);
    owned_text_free(&handle->console_answer);
    slots_give(&handles, handle);
    if (much) {
        memory_give_back_pages();
    }
}

const char *entry_get_last_error(ss_plugin_t *s)
{
    return s != NULL ? plugin_error(handle_plugin(s)) : TEXT_NO_STATE;
}

const char *entry_list_open_params(ss_plugin_t *s, ss_plugin_rc *rc)
{
    struct plugin *plugin = handle_enter(s);
    const char *text = plugin != NULL ? plugin_open_params(plugin) : NULL;

    if (plugin != NULL) {
        handle_leave(s);
    }
    give_rc(rc, text != NULL);
    return text;
}

ss_plugin_rc entry_set_config(ss_plugin_t *s, const ss_plugin_set_config_input *i)
{
    struct handle *handle = s;
    bool done;

    if (handle_enter(handle) == NULL) {
        return SS_PLUGIN_FAILURE;
    }
    done = i != NULL ? state_set_config(&handle->state, i->config)
                     : handle_refuse_null(handle, "set_config: the host passes no configuration");
    handle_leave(handle);
    return done ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
}
