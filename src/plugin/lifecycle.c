#include "plugin/lifecycle.h"

#include "base/text.h"
#include "json/jsonscanner.h"
#include "modules/cjson_lua.h"
#include "plugin/callbacks.h"
#include "plugin/eventsource.h"

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
    manifest_run_script_lj(L); /* request, table */
    bind_callbacks_lj(L, plugin);
    lua_pushvalue(L, -1);                           /* request, table, table */
    plugin->table = luaL_ref(L, LUA_REGISTRYINDEX); /* request, table */
    callbacks_open_lj(L, plugin, -1);
    if (plugin->framework.resolve_lj != NULL) {
        plugin->framework.resolve_lj(L, plugin->script, plugin->framework.owner);
    }
    return 0;
}

/* Calls `callback` with the configuration. */
static void call_with_config_lj(lua_State *L, enum script_key callback)
{
    struct start *start = lua_touserdata(L, 1);

    plugin_push_callback(L, start->plugin, callback); /* request, function */
    lua_pushvalue(L, -1);                             /* request, function, function */
    cjson_push_lj(L, start->config);                  /* request, function, function, config */
    lua_call(L, 1, 2);                                /* request, function, result, message */
    plugin_check_failure_lj(L, 2, 3);
}

static int call_init_lj(lua_State *L)
{
    call_with_config_lj(L, KEY_INIT);
    return 0;
}

static int call_set_config_lj(lua_State *L)
{
    call_with_config_lj(L, KEY_SET_CONFIG);
    return 0;
}

static bool run_script(struct plugin *plugin, struct start *start)
{
    if (!vm_call(&plugin->vm, NULL, VM_CLOCK_WALL, run_script_lj, start)) {
        plugin_fail_from_lua(plugin);
        return false;
    }
    if (!callbacks_keep(plugin)) {
        plugin_fail(plugin, TEXT_NO_MEMORY);
        return false;
    }
    if (plugin->script->has[KEY_INIT] && !plugin_call(plugin, KEY_INIT, call_init_lj, start)) {
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

    plugin->manifest = manifest;
    plugin->script = script;
    plugin->table = LUA_NOREF;
    for (int key = 0; key < KEY_COUNT; key++) {
        plugin->functions[key] = LUA_NOREF;
        plugin->breakers[key] = (struct breaker){.until = 0};
    }
    if (!extraction_alloc_fields(plugin) ||
        !vm_open(&plugin->vm, &plugin->limits, script->source, &plugin->log)) {
        plugin_fail(plugin, TEXT_NO_MEMORY);
        return false;
    }
    plugin->ready = run_script(plugin, &start);
    return plugin->ready;
}

bool plugin_start(struct plugin *plugin, const struct manifest *manifest, const struct manifest *script,
                  struct limits limits, const cJSON *config)
{
    plugin->manifest = manifest;
    plugin->limits = limits;
    plugin->log.component = manifest->name;
    plugin->log.least = (enum log_level)limits.log_level;
    plugin->log.sink_only = limits.host_log_only;
    plugin->counts = manifest->has[KEY_METRICS];
    if (!limits.optimize.simd) {
        json_use_kernel("plain"); /* in the whole process: a library has one script */
    }
    fairlock_open(&plugin->lock, is_shared(manifest, &plugin->limits));
    timer_open(&plugin->timer);
    if (!extraction_prepare(&plugin->extraction, plugin->manifest)) {
        plugin_fail(plugin, TEXT_NO_MEMORY);
        return false;
    }
    return plugin_run(plugin, manifest, script, config);
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
    if (plugin->ready && plugin->functions[KEY_DESTROY] != LUA_NOREF &&
        !plugin_call(plugin, KEY_DESTROY, call_destroy_lj, plugin)) {
        vm_log_error(&plugin->vm);
    }
    plugin->ready = false;
    vm_close(&plugin->vm);
    extraction_free_fields(plugin->extraction.fields);
    plugin->extraction.fields = NULL;
    plugin->extraction.object = NULL;
}

void plugin_put_aside(struct plugin *plugin, struct running *to)
{
    struct extraction *extraction = &plugin->extraction;

    extraction_forget(&plugin->extraction);
    fieldcache_restart(&extraction->cache);
    *to = (struct running){
        .manifest = plugin->manifest,
        .script = plugin->script,
        .ready = plugin->ready,
        .table = plugin->table,
        .object = extraction->object,
        .fields = extraction->fields,
        .kept = extraction->kept,
    };
    memcpy(to->functions, plugin->functions, sizeof(to->functions));
    vm_move(&to->vm, &plugin->vm);
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
    while (plugin->instances != NULL) {
        eventsource_close(plugin->instances);
    }
    plugin_end(plugin);
    log_flush(&plugin->log);
    if (plugin->manifest != NULL) {
        timer_close(&plugin->timer);
        fairlock_close(&plugin->lock);
    }
    extraction_close(&plugin->extraction);
    limits_free(&plugin->limits);
    owned_text_free(&plugin->shown);
    owned_text_free(&plugin->progress);
    owned_text_free(&plugin->suggested);
    free(plugin->error);
    plugin->error = NULL;
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
        plugin_fail(plugin, TEXT_NO_MEMORY);
    }
    return kept;
}

const char *plugin_open_params(struct plugin *plugin)
{
    struct suggestions suggestions = {plugin, {.source = plugin->script->source}, NULL};
    const char *text = NULL;

    if (plugin->script->open_params != NULL) {
        return keep_suggestions(plugin, plugin->script->open_params);
    }
    if (plugin->functions[KEY_OPEN_PARAMS] == LUA_NOREF) {
        return owned_text_set(&plugin->suggested, "[]", 2);
    }
    if (!plugin_call(plugin, KEY_OPEN_PARAMS, call_open_params_lj, &suggestions)) {
        plugin_fail_from_lua(plugin);
    } else if (suggestions.findings.count > 0) {
        plugin_fail(plugin, findings_text(&suggestions.findings));
    } else {
        text = keep_suggestions(plugin, suggestions.list);
    }
    cJSON_Delete(suggestions.list);
    findings_free(&suggestions.findings);
    return text;
}
