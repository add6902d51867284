#include "plugin/lifecycle.h"

#include "base/helperthread.h"
#include "base/text.h"
#include "json/jsonscanner.h"
#include "lua/garbage.h"
#include "modules/cjson_lua.h"
#include "plugin/callbacks.h"
#include "plugin/delivery.h"
#include "plugin/eventsource.h"
#include "plugin/keptstate.h"
#include "plugin/taskrun.h"
#include "script/copies.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

struct start {
    struct plugin *plugin;
    const cJSON *config;
};

/* Keeps references to the callbacks. Stack: [..., table] unchanged */
static void bind_callbacks_lj(lua_State *L, struct plugin *plugin)
{
    for (int key = 0; key < KEY_COUNT; key++) {
        lua_pushstring(L, script_keys[key].name);                    /* table, name */
        if (lua_rawget(L, -2) == LUA_TFUNCTION) {                    /* table, function */
            plugin->functions[key] = luaL_ref(L, LUA_REGISTRYINDEX); /* table */
        } else {
            lua_pop(L, 1); /* table */
        }
    }
}

static int run_script_lj(lua_State *L)
{
    struct plugin *plugin = ((struct start *)lua_touserdata(L, 1))->plugin;

    if (plugin->framework.open_lj != NULL) {
        plugin->framework.open_lj(L, plugin->framework.owner);
    }
    keptstate_open_lj(L, plugin);
    delivery_open_lj(L, plugin);
    manifest_run_script_lj(L); /* request, table */
    bind_callbacks_lj(L, plugin);
    lua_pushvalue(L, -1);                           /* request, table, table */
    plugin->table = luaL_ref(L, LUA_REGISTRYINDEX); /* request, table */
    keptcallbacks_open_lj(L, plugin, -1);
    if (plugin->framework.resolve_lj != NULL) {
        plugin->framework.resolve_lj(L, plugin->script, plugin->framework.owner);
    }
    return 0;
}

/* A callback with the configuration has returned. Stack: [request, function, result, message] */
static int configured_lj(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    plugin_check_failure_lj(L, 2, 3);
    return 0;
}

/* Calls `callback` with the configuration. */
static int call_with_config_lj(lua_State *L, enum script_key callback)
{
    struct start *start = lua_touserdata(L, 1);

    plugin_push_callback(L, start->plugin, callback); /* request, function */
    lua_pushvalue(L, -1);                             /* request, function, function */
    cjson_push_lj(L, start->config);                  /* request, function, function, config */
    lua_callk(L, 1, 2, 0, configured_lj);             /* request, function, result, message */
    return configured_lj(L, LUA_OK, 0);
}

static int call_init_lj(lua_State *L)
{
    return call_with_config_lj(L, KEY_INIT);
}

static int call_set_config_lj(lua_State *L)
{
    return call_with_config_lj(L, KEY_SET_CONFIG);
}

/* Calls `init`, which may wait. */
static bool call_init(struct plugin *plugin, struct start *start)
{
    struct task task = {.status = TASK_OVER};
    int reference;
    lua_State *thread = taskrun_new_thread(plugin, &reference);
    bool done;

    if (thread == NULL) {
        return false;
    }
    task_open(&plugin->background->groups[BACKGROUND_INIT], &task, thread);
    done = taskrun_call(plugin, &task, KEY_INIT, call_init_lj, start);
    luaL_unref(plugin->vm.L, LUA_REGISTRYINDEX, reference);
    return done;
}

static bool run_script(struct plugin *plugin, struct start *start)
{
    if (!vm_call(&plugin->vm, NULL, VM_CLOCK_WALL, run_script_lj, start)) {
        plugin_fail_from_lua(plugin);
        return false;
    }
    if (!keptcallbacks_keep(plugin)) {
        plugin_fail(plugin, TEXT_NO_MEMORY);
        return false;
    }
    if (plugin->script->has[KEY_INIT] && !call_init(plugin, start)) {
        plugin_fail_from_lua(plugin);
        return false;
    }
    return true;
}

/* Does more than one thread enter a state of this script, or of one that comes in its place? */
static bool is_shared(const struct manifest *manifest, const struct limits *limits)
{
    for (int key = 0; key < KEY_COUNT; key++) {
        if (script_keys[key].shared && manifest->has[key]) {
            return true;
        }
    }
    return manifest->has[KEY_ASYNC_EVENTS] && limits->reload > 0;
}

bool plugin_run(struct plugin *plugin, const struct manifest *manifest, const struct manifest *script,
                const cJSON *config)
{
    struct start start = {plugin, config};
    size_t copied =
        script->copied + script->field_count * (sizeof(struct field_state) + sizeof(struct cache_slot));

    plugin->manifest = manifest;
    plugin->script = script;
    plugin->table = LUA_NOREF;
    for (int key = 0; key < KEY_COUNT; key++) {
        plugin->functions[key] = LUA_NOREF;
        plugin->breakers[key] = (struct breaker){.until = 0};
    }
    plugin->copied = memory_charge(&plugin->memory, copied) ? copied : 0;
    if (plugin->copied < copied || !extraction_alloc_fields(plugin) ||
        !vm_open(&plugin->vm, &plugin->limits, &plugin->memory, script->source, &plugin->log)) {
        plugin_fail(plugin, TEXT_OVER_LIMIT);
        return false;
    }
    plugin->vm.tasks->clock = &plugin->clock;
    plugin->background = background_new(plugin->vm.tasks);
    if (plugin->background == NULL) {
        plugin_fail(plugin, TEXT_NO_MEMORY);
        return false;
    }
    plugin->ready = run_script(plugin, &start);
    return plugin->ready;
}

/* Collects garbage, at most once a call: more would not help. */
static void reclaim(void *owner)
{
    struct plugin *plugin = owner;

    if (plugin->vm.L != NULL && plugin->reclaimed != plugin->vm.calls) {
        plugin->reclaimed = plugin->vm.calls;
        garbage_collect(plugin->vm.L);
        freelists_trim(&plugin->vm.blocks);
    }
}

bool plugin_start(struct plugin *plugin, const struct manifest *manifest, const struct manifest *script,
                  struct limits limits, const cJSON *config)
{
    bool done;

    plugin->manifest = manifest;
    plugin->limits = limits;
    plugin->memory = (struct memory_budget){.limit = limits.memory, .reclaim = reclaim, .owner = plugin};
    plugin->shown.budget = plugin->progress.budget = plugin->suggested.budget = &plugin->memory;
    plugin->log.component = manifest->name;
    plugin->log.least = (enum log_level)limits.log_level;
    plugin->log.sink_only = limits.host_log_only;
    plugin->counts = manifest->has[KEY_METRICS];
    if (!limits.optimize.simd) {
        json_use_kernel("plain"); /* in the whole process: a library has one script */
    }
    fairlock_open(&plugin->lock, is_shared(manifest, &plugin->limits));
    if (!extraction_prepare(plugin) || !keptstate_prepare(plugin)) {
        plugin_fail(plugin, TEXT_NO_MEMORY);
        return false;
    }
    fairlock_enter(&plugin->lock); /* a wait in `init` releases it */
    done = plugin_run(plugin, manifest, script, config);
    if (done && !plugin->lock.on && plugin_has_spawned(plugin)) {
        fairlock_open(&plugin->lock, true); /* no other thread knows the state yet */
        fairlock_enter(&plugin->lock);
    }
    fairlock_leave(&plugin->lock);
    return done;
}

bool plugin_has_spawned(const struct plugin *plugin)
{
    return plugin->background->groups[BACKGROUND_INIT].tasks != NULL;
}

void plugin_begin(struct plugin *plugin)
{
    fairlock_enter(&plugin->lock);
    if (plugin_has_spawned(plugin) && !background_start(plugin)) {
        log_both(&plugin->log, LOG_LEVEL_ERROR,
                 "init: no memory, or no thread, for its tasks: they do not go on");
    }
    fairlock_leave(&plugin->lock);
}

bool plugin_profile(struct plugin *plugin)
{
    struct extraction *extraction = &plugin->extraction;

    plugin->counts = true;
    extraction_script_runs(extraction); /* drops what was prefetched, so that it is counted */
    if (extraction->use == NULL) {
        extraction->used = plugin->script->field_count;
        extraction->use = calloc(extraction->used + 1, sizeof(*extraction->use));
    }
    return extraction->use != NULL;
}

bool plugin_configure(struct plugin *plugin, const cJSON *config)
{
    struct start start = {plugin, config};

    if (!plugin_call(plugin, KEY_SET_CONFIG, call_set_config_lj, &start)) {
        plugin_fail_from_lua(plugin);
        return false;
    }
    return true;
}

static int call_destroy_lj(lua_State *L)
{
    plugin_push_callback(L, lua_touserdata(L, 1), KEY_DESTROY); /* request, destroy */
    lua_pushvalue(L, -1);                                       /* request, destroy, destroy */
    lua_call(L, 0, 2);                                          /* request, destroy, result, message */
    plugin_check_failure_lj(L, 2, 3);
    return 0;
}

void plugin_end(struct plugin *plugin)
{
    if (plugin->background != NULL) {
        background_cancel(plugin, BACKGROUND_INIT, script_keys[KEY_DESTROY].name);
    }
    if (plugin->ready && plugin->functions[KEY_DESTROY] != LUA_NOREF &&
        !plugin_call(plugin, KEY_DESTROY, call_destroy_lj, plugin)) {
        vm_log_error(&plugin->vm);
    }
    plugin->ready = false;
    background_free(plugin->background);
    plugin->background = NULL;
    vm_close(&plugin->vm);
    extraction_free_fields(plugin->extraction.fields);
    plugin->extraction.fields = NULL;
    plugin->extraction.object = NULL;
    memory_release(&plugin->memory, plugin->copied);
    plugin->copied = 0;
}

void plugin_put_aside(struct plugin *plugin, struct running *to)
{
    struct extraction *extraction = &plugin->extraction;

    extraction_forget(&plugin->extraction);
    fieldcache_restart(&extraction->cache);
    *to = (struct running){
        .manifest = plugin->manifest,
        .script = plugin->script,
        .background = plugin->background,
        .copied = plugin->copied,
        .ready = plugin->ready,
        .table = plugin->table,
        .object = extraction->object,
        .fields = extraction->fields,
        .kept = extraction->kept,
    };
    memcpy(to->functions, plugin->functions, sizeof(to->functions));
    vm_move(&to->vm, &plugin->vm);
    plugin->background = NULL;
    plugin->copied = 0;
    plugin->ready = false;
    extraction->object = NULL;
    extraction->fields = NULL;
}

void plugin_put_back(struct plugin *plugin, struct running *from)
{
    struct extraction *extraction = &plugin->extraction;

    fieldcache_restart(&extraction->cache);
    plugin->manifest = from->manifest;
    plugin->script = from->script;
    plugin->background = from->background;
    plugin->copied = from->copied;
    plugin->ready = from->ready;
    plugin->table = from->table;
    extraction->object = from->object;
    extraction->fields = from->fields;
    extraction->kept = from->kept;
    memcpy(plugin->functions, from->functions, sizeof(from->functions));
    vm_move(&plugin->vm, &from->vm);
}

void plugin_stop(struct plugin *plugin)
{
    fairlock_enter(&plugin->lock); /* acknowledgements may wait, which releases it */
    while (plugin->instances != NULL) {
        eventsource_close(plugin->instances);
    }
    plugin_end(plugin);
    fairlock_leave(&plugin->lock);
    keptstate_close(plugin);
    log_flush(&plugin->log);
    extraction_close(&plugin->extraction);
    limits_free(&plugin->limits);
    owned_text_free(&plugin->shown);
    owned_text_free(&plugin->progress);
    owned_text_free(&plugin->suggested);
    free(plugin->error);
    plugin->error = NULL;
    helperthread_collect(); /* those that have looked names up hold the library */
}

void plugin_abandon(struct plugin *plugin)
{
    eventsource_abandon(plugin);
    background_abandon(plugin->background);
    plugin->ready = false;
    for (int key = 0; key < KEY_COUNT; key++) {
        plugin->functions[key] = LUA_NOREF;
    }
}

struct suggestions {
    struct plugin *plugin;
    struct findings findings;
    cJSON *list;
};

static int call_open_params_lj(lua_State *L)
{
    struct suggestions *suggestions = lua_touserdata(L, 1);

    plugin_push_callback(L, suggestions->plugin, KEY_OPEN_PARAMS); /* request, function */
    lua_pushvalue(L, -1);                                          /* request, function, function */
    lua_call(L, 0, 2);                                             /* request, function, list, message */
    plugin_check_failure_lj(L, 2, 3);
    suggestions->list = manifest_read_open_params_lj(L, 3, &suggestions->findings);
    return 0;
}

/* Keeps the list as text. */
static const char *keep_suggestions(struct plugin *plugin, const cJSON *list)
{
    char *text = cJSON_PrintUnformatted(list);
    const char *kept = text != NULL ? owned_text_set(&plugin->suggested, text, strlen(text)) : NULL;

    cJSON_free(text);
    if (kept == NULL) {
        plugin_fail(plugin, "list_open_params: " TEXT_OVER_LIMIT);
    }
    return kept;
}

const char *plugin_open_params(struct plugin *plugin)
{
    struct suggestions suggestions = {plugin, {.source = plugin->script->source}, NULL};
    const char *text = NULL;
    size_t charged;

    if (plugin->script->open_params != NULL) {
        return keep_suggestions(plugin, plugin->script->open_params);
    }
    if (plugin->functions[KEY_OPEN_PARAMS] == LUA_NOREF) {
        return owned_text_set(&plugin->suggested, "[]", 2);
    }
    charged = plugin->vm.charged;
    if (!plugin_call(plugin, KEY_OPEN_PARAMS, call_open_params_lj, &suggestions)) {
        plugin_fail_from_lua(plugin);
    } else if (suggestions.findings.count > 0) {
        plugin_fail(plugin, findings_text(&suggestions.findings));
    } else {
        text = keep_suggestions(plugin, suggestions.list);
    }
    cJSON_Delete(suggestions.list);
    copies_release(&plugin->vm, charged);
    findings_free(&suggestions.findings);
    return text;
}
