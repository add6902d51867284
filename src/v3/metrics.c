#include "v3/metrics.h"

#include "base/pool.h"
#include "base/slots.h"
#include "base/text.h"
#include "event/value.h"
#include "v3/statehandle.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PATIENCE   100u /* milliseconds that another thread of the host waits for the lock */
#define KEPT_BYTES 16384u

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define LONGEST 200u /* of a name */

/* The separator in names is "." Falco shows it as _, but only after it has removed everywhere what it takes
 * for a unit: _sec, _bytes, _ns and others. */
#define OWN        "lure"
#define OWN_PREFIX OWN "."

struct metrics_list {
    struct metrics_list *next;
    pid_t thread;     /* whose it is; changed atomically */
    struct pool pool; /* of the list and its names */
    ss_plugin_metric *items;
    uint32_t count, room;
};

/* Appends a metric, whose name is copied. NULL: out of memory. */
static ss_plugin_metric *add(struct metrics_list *metrics, const char *name)
{
    ss_plugin_metric *items = metrics->items;
    char *copy = pool_text(&metrics->pool, name, strlen(name));

    if (metrics->count == metrics->room) {
        uint32_t room = metrics->room == 0 ? 32 : 2 * metrics->room;

        items = pool_take(&metrics->pool, room * sizeof(*items));
        if (items == NULL) {
            return NULL;
        }
        if (metrics->count > 0) {
            memcpy(items, metrics->items, metrics->count * sizeof(*items));
        }
        metrics->items = items;
        metrics->room = room;
    }
    if (copy == NULL) {
        return NULL;
    }
    items[metrics->count] = (ss_plugin_metric){.name = copy};
    return &items[metrics->count++];
}

static void add_count(struct metrics_list *metrics, const char *name, ss_plugin_metric_type type,
                      uint64_t number)
{
    ss_plugin_metric *metric = add(metrics, name);

    if (metric != NULL) {
        metric->type = type;
        metric->value_type = SS_PLUGIN_METRIC_VALUE_TYPE_U64;
        metric->value.u64 = number;
    }
}

/* What one callback has used. */
static void add_use(struct metrics_list *metrics, const char *callback, const struct callback_use *use)
{
    char name[64];
    ss_plugin_metric *seconds;

    snprintf(name, sizeof(name), OWN_PREFIX "%s.calls", callback);
    add_count(metrics, name, SS_PLUGIN_METRIC_TYPE_MONOTONIC, use->calls);
    snprintf(name, sizeof(name), OWN_PREFIX "%s.errors", callback);
    add_count(metrics, name, SS_PLUGIN_METRIC_TYPE_MONOTONIC, use->errors);
    snprintf(name, sizeof(name), OWN_PREFIX "%s.seconds", callback);
    seconds = add(metrics, name);
    if (seconds != NULL) {
        seconds->type = SS_PLUGIN_METRIC_TYPE_MONOTONIC;
        seconds->value_type = SS_PLUGIN_METRIC_VALUE_TYPE_D;
        seconds->value.d = (double)use->nanoseconds / 1e9;
    }
}

/* The number of functions that are suspended now (plugin/circuitbreaker.h). */
static uint64_t count_suspended(struct handle *handle)
{
    const struct plugin *plugin = handle_plugin(handle);
    uint64_t count = listening_suspended(handle);

    for (size_t i = 0; i < plugin->script->field_count; i++) {
        count += breaker_is_open(&plugin->extraction.fields->states[i].breaker);
    }
    for (int key = 0; key < KEY_COUNT; key++) {
        count += breaker_is_open(&plugin->breakers[key]);
    }
    return count;
}

/* lure's own metrics. Callbacks that the script does not have are left out. */
static void add_own_metrics(struct metrics_list *metrics, struct handle *handle)
{
    const struct plugin *plugin = handle_plugin(handle);

    add_count(metrics, OWN_PREFIX "memory.bytes", SS_PLUGIN_METRIC_TYPE_NON_MONOTONIC, plugin->memory.used);
    if (handle->tables.own.root != NULL) {
        add_count(metrics, OWN_PREFIX "tables.bytes", SS_PLUGIN_METRIC_TYPE_NON_MONOTONIC,
                  own_tables_used(&handle->tables.own));
    }
    add_count(metrics, OWN_PREFIX "suspended", SS_PLUGIN_METRIC_TYPE_NON_MONOTONIC, count_suspended(handle));
    for (int key = 0; key < KEY_COUNT; key++) {
        bool called = plugin->functions[key] != LUA_NOREF || plugin->use[key].calls > 0;

        if (called) {
            add_use(metrics, script_keys[key].name, &plugin->use[key]);
        }
    }
    if (plugin->functions[KEY_CAPTURE_OPEN] != LUA_NOREF) {
        add_use(metrics, "every", &plugin->use[USE_OF_EVERY]);
    }
    if (plugin->use[USE_OF_SPAWN].calls > 0) {
        add_use(metrics, "spawn", &plugin->use[USE_OF_SPAWN]);
    }
}

/* State of reading the script's list. */
enum { LIST_AT = 3, SEEN_AT = 4, METRIC_AT = 5 };

/* The field `key` of the metric. Stack: [] -> [value] */
static int push_field_lj(lua_State *L, const char *key)
{
    lua_pushstring(L, key);
    return lua_rawget(L, METRIC_AT);
}

static const char *read_name_lj(lua_State *L, lua_Integer number)
{
    size_t length;
    const char *name;
    char got[96];

    push_field_lj(L, "name"); /* ..., name */
    name = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : NULL;
    if (name == NULL || length == 0 || length > LONGEST || strspn(name, LETTERS "0123456789.") != length ||
        strspn(name, "0123456789.") > 0) {
        value_describe(L, -1, got, sizeof(got));
        vm_fail_lj(L, 2, "expected the name of metric %lld to be letters, digits, _ and points, got %s",
                   (long long)number, got);
    }
    if (strncmp(name, OWN, strlen(OWN)) == 0 && (name[strlen(OWN)] == '.' || name[strlen(OWN)] == '_')) {
        vm_fail_lj(L, 2, "the metric \"%s\": names that begin with " OWN ". or " OWN "_ are lure's own",
                   name);
    }
    luaL_gsub(L, name, ".", "_");             /* ..., name, shown: as Falco has it */
    lua_pushvalue(L, -1);                     /* ..., name, shown, shown */
    if (lua_rawget(L, SEEN_AT) != LUA_TNIL) { /* ..., name, shown, seen */
        vm_fail_lj(L, 2, "two metrics have the name \"%s\" (Falco shows a point as _)", lua_tostring(L, -2));
    }
    lua_pop(L, 1);          /* ..., name, shown */
    lua_pushboolean(L, 1);  /* ..., name, shown, true */
    lua_rawset(L, SEEN_AT); /* ..., name */
    return name;
}

static void read_number_lj(lua_State *L, const char *name, ss_plugin_metric *metric)
{
    char got[96];

    push_field_lj(L, "value"); /* ..., value */
    if (lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 0) {
        metric->value_type = SS_PLUGIN_METRIC_VALUE_TYPE_U64;
        metric->value.u64 = (uint64_t)lua_tointeger(L, -1);
    } else if (lua_isinteger(L, -1)) {
        metric->value_type = SS_PLUGIN_METRIC_VALUE_TYPE_S64;
        metric->value.s64 = lua_tointeger(L, -1);
    } else if (lua_type(L, -1) == LUA_TNUMBER) {
        metric->value_type = SS_PLUGIN_METRIC_VALUE_TYPE_D;
        metric->value.d = lua_tonumber(L, -1);
    } else {
        value_describe(L, -1, got, sizeof(got));
        vm_fail_lj(L, 2, "expected the value of the metric \"%s\" to be a number, got %s", name, got);
    }
    lua_pop(L, 1); /* ... */
}

/* Stack: [call, metrics, list, seen, metric] unchanged */
static void read_metric_lj(lua_State *L, struct metrics_list *metrics, lua_Integer number)
{
    ss_plugin_metric read = {.type = SS_PLUGIN_METRIC_TYPE_NON_MONOTONIC}, *metric;
    const char *name;
    char got[96];

    if (!lua_istable(L, METRIC_AT)) {
        value_describe(L, METRIC_AT, got, sizeof(got));
        vm_fail_lj(L, 2, "expected metric %lld to be { name = …, value = …, monotonic = … }, got %s",
                   (long long)number, got);
    }
    name = read_name_lj(L, number); /* ..., name */
    read_number_lj(L, name, &read);
    push_field_lj(L, "monotonic"); /* ..., name, monotonic */
    if (!lua_isnil(L, -1) && !lua_isboolean(L, -1)) {
        value_describe(L, -1, got, sizeof(got));
        vm_fail_lj(L, 2, "expected monotonic of the metric \"%s\" to be true or false, got %s", name, got);
    }
    read.type = lua_toboolean(L, -1) ? SS_PLUGIN_METRIC_TYPE_MONOTONIC : SS_PLUGIN_METRIC_TYPE_NON_MONOTONIC;
    metric = add(metrics, name);
    if (metric == NULL) {
        vm_no_memory_lj(L);
        return;
    }
    read.name = metric->name;
    *metric = read;
    lua_settop(L, METRIC_AT); /* call, metrics, list, seen, metric */
}

struct metrics_call {
    struct plugin *plugin;
    struct metrics_list *list;
};

static int call_metrics_lj(lua_State *L)
{
    const struct metrics_call *call = lua_touserdata(L, 1);
    char got[96];

    plugin_push_callback(L, call->plugin, KEY_METRICS); /* call, metrics */
    lua_pushvalue(L, 2);                                /* call, metrics, metrics */
    lua_call(L, 0, 2);                                  /* call, metrics, list, message */
    plugin_check_failure_lj(L, 2, 3);
    lua_settop(L, LIST_AT);
    lua_newtable(L); /* call, metrics, list, seen */
    lua_pushnil(L);  /* call, metrics, list, seen, nil */
    if (!lua_istable(L, LIST_AT) || (lua_rawlen(L, LIST_AT) == 0 && lua_next(L, LIST_AT) != 0)) {
        value_describe(L, LIST_AT, got, sizeof(got));
        vm_fail_lj(L, 2, "expected a list of { name = …, value = …, monotonic = … }, got %s%s", got,
                   lua_istable(L, LIST_AT) ? " with other keys" : "");
    }
    lua_settop(L, SEEN_AT);
    for (lua_Integer i = 1; i <= (lua_Integer)lua_rawlen(L, LIST_AT); i++) {
        lua_rawgeti(L, LIST_AT, i); /* call, metrics, list, seen, metric */
        read_metric_lj(L, call->list, i);
        lua_settop(L, SEEN_AT); /* call, metrics, list, seen */
    }
    return 0;
}

static void update_list(struct handle *handle, struct metrics_list *list)
{
    struct plugin *plugin = handle_plugin(handle);
    struct metrics_call call = {plugin, list};
    struct breaker *breaker = &plugin->breakers[KEY_METRICS];

    pool_reset(&list->pool, KEPT_BYTES);
    list->items = NULL;
    list->count = list->room = 0;
    add_own_metrics(list, handle);
    if (plugin->functions[KEY_METRICS] != LUA_NOREF && !breaker_is_open(breaker) &&
        !breaker_note(breaker, &plugin->vm, script_keys[KEY_METRICS].name,
                      plugin_call(plugin, KEY_METRICS, call_metrics_lj, &call))) {
        vm_log_error(&plugin->vm);
    }
}

/* This thread's list, or NULL. Takes no lock: only its own thread ever uses what is in it. */
static struct metrics_list *find_list(struct metrics *metrics, pid_t thread)
{
    struct metrics_list *list = __atomic_load_n(&metrics->lists, __ATOMIC_ACQUIRE);

    while (list != NULL && __atomic_load_n(&list->thread, __ATOMIC_ACQUIRE) != thread) {
        list = list->next;
    }
    return list;
}

/* A list for this thread: that of one that has ended, or a new one. The lock is held. NULL: out
 * of memory. */
static struct metrics_list *take_list(struct handle *handle, pid_t thread)
{
    struct metrics *metrics = &handle->metrics;
    struct metrics_list *list;

    for (list = metrics->lists; list != NULL; list = list->next) {
        if (syscall(SYS_tgkill, getpid(), list->thread, 0) != 0) {
            __atomic_store_n(&list->thread, thread, __ATOMIC_RELEASE);
            return list;
        }
    }
    list = calloc(1, sizeof(*list));
    if (list != NULL) {
        list->pool.budget = &handle_plugin(handle)->memory;
        list->thread = thread;
        list->next = metrics->lists;
        __atomic_store_n(&metrics->lists, list, __ATOMIC_RELEASE);
    }
    return list;
}

/* This thread's list, brought up to date if the lock can be had. NULL: none. */
static const struct metrics_list *get_list(struct handle *handle)
{
    pid_t thread = (pid_t)syscall(SYS_gettid);
    struct metrics_list *list = find_list(&handle->metrics, thread);
    struct plugin *plugin = handle_usable(handle);

    if (plugin != NULL && fairlock_try(&plugin->lock, PATIENCE)) {
        if (handle_is_started(handle)) { /* else it was destroyed meanwhile */
            list = list != NULL ? list : take_list(handle, thread);
            if (list != NULL) {
                handle->metrics.updating = true;
                update_list(handle, list);
                handle->metrics.updating = false;
            }
        }
        fairlock_leave(&plugin->lock);
    }
    return list;
}

ss_plugin_metric *entry_get_metrics(ss_plugin_t *s, uint32_t *num_metrics)
{
    struct handle *handle = s;
    const struct metrics_list *list = NULL;
    ss_plugin_metric *items = NULL;
    uint32_t count = 0;

    if (handle == NULL || !handle_is_started(handle)) {
        handle_usable(handle); /* for the error */
    } else {
        slots_enter(handle);
        list = handle_is_started(handle) ? get_list(handle) : NULL;
        items = list != NULL ? list->items : NULL;
        count = list != NULL ? list->count : 0;
        slots_leave(handle);
    }
    if (num_metrics == NULL) {
        return NULL;
    }
    *num_metrics = count;
    return items;
}

void metrics_abandon(struct handle *handle)
{
    if (handle->metrics.updating) {
        handle->metrics.updating = false;
        slots_leave(handle);
    }
}

void metrics_close(struct handle *handle)
{
    while (slots_are_entered(handle)) {
        usleep(1000);
    }
    while (handle->metrics.lists != NULL) {
        struct metrics_list *list = handle->metrics.lists;

        handle->metrics.lists = list->next;
        pool_free(&list->pool);
        free(list);
    }
}
