#include "plugin/scriptswap.h"

#include "base/text.h"
#include "plugin/instance.h"
#include "plugin/lifecycle.h"
#include "script/statecopy.h"

#include <lauxlib.h>

/* Exchanges the script that runs and the one put aside. */
static void change_places(struct plugin *plugin, struct running *other)
{
    struct running mine;

    plugin_put_aside(plugin, &mine);
    plugin_put_back(plugin, other);
    *other = mine;
    vm_move(&other->vm, &mine.vm);
}

/* A call in the new Lua state that needs the old one. */
struct carry_call {
    struct plugin *plugin;
    struct instance *instance;
    const struct running *old;
};

/* reload(old) */
static int call_reload_lj(lua_State *L)
{
    const struct carry_call *call = lua_touserdata(L, 1);
    lua_State *old = call->old->vm.L;

    plugin_push_callback(L, call->plugin, KEY_RELOAD);     /* call, reload */
    lua_pushvalue(L, 2);                                   /* call, reload, reload */
    lua_rawgeti(old, LUA_REGISTRYINDEX, call->old->table); /* old: table */
    state_copy_lj(L, old);                                 /* call, reload, reload, table */
    lua_call(L, 1, 2);                                     /* call, reload, result, message */
    plugin_check_failure_lj(L, 2, 3);
    return 0;
}

/* Copies the payloads that had no room in the last batch. */
static int carry_waiting_lj(lua_State *L)
{
    const struct carry_call *call = lua_touserdata(L, 1);
    lua_State *old = call->old->vm.L;

    lua_rawgeti(old, LUA_REGISTRYINDEX, call->instance->aside); /* old: payloads */
    state_copy_lj(L, old);                                      /* call, payloads */
    call->instance->waiting = luaL_ref(L, LUA_REGISTRYINDEX);   /* call */
    return 0;
}

/* Runs the new script: its top level, `init` and `reload`. */
static bool start_script(struct plugin *plugin, const struct swap *swap, const struct running *old)
{
    struct carry_call call = {plugin, NULL, old};
    int top = lua_gettop(old->vm.L);
    bool done;

    if (!plugin_run(plugin, swap->manifest, swap->script, swap->config)) {
        return false;
    }
    if (!plugin->lock.on && plugin_has_spawned(plugin)) { /* only a new state gets a lock */
        plugin_fail(plugin, "init: tasks that it has spawned are left; a script that had none gets them only "
                            "when the host starts");
        return false;
    }
    if (plugin->functions[KEY_RELOAD] == LUA_NOREF) {
        return true;
    }
    done = plugin_call(plugin, KEY_RELOAD, call_reload_lj, &call);
    lua_settop(old->vm.L, top);
    if (!done) {
        plugin_fail_from_lua(plugin);
    }
    return done;
}

/* Closes all instances in the script that runs. Payloads that wait in them stay. */
static void close_all(struct plugin *plugin)
{
    if (plugin->framework.close != NULL) {
        plugin->framework.close(plugin->framework.owner);
    }
    for (struct instance *instance = plugin->instances; instance != NULL; instance = instance->following) {
        delivery_commit(instance); /* the host asks for the next batch */
        instance_close(instance);
    }
}

static bool open_again(struct instance *instance, const struct swap *swap)
{
    cJSON *params = swap->read_params(swap->owner, instance->params);
    bool done = params != NULL && instance_open(instance, params);

    cJSON_Delete(params);
    return done;
}

/* Opens an instance in the new script; one that has come to its end stays closed. */
static bool open_new(struct instance *instance, const struct swap *swap, const struct running *old)
{
    struct plugin *plugin = instance->plugin;
    struct carry_call call = {plugin, instance, old};
    int top = lua_gettop(old->vm.L);
    bool done;

    if (instance->over) {
        return true;
    }
    if (!open_again(instance, swap)) {
        return false;
    }
    if (instance->aside == LUA_NOREF) {
        return true;
    }
    done = vm_call(&plugin->vm, script_keys[KEY_RELOAD].name, VM_CLOCK_WALL, carry_waiting_lj, &call);
    lua_settop(old->vm.L, top);
    if (!done) {
        plugin_fail_from_lua(plugin);
    }
    return done;
}

static bool open_all(struct plugin *plugin, const struct swap *swap, const struct running *old)
{
    for (struct instance *instance = plugin->instances; instance != NULL; instance = instance->following) {
        instance->aside = instance->waiting;
        instance->waiting = LUA_NOREF;
    }
    for (struct instance *instance = plugin->instances; instance != NULL; instance = instance->following) {
        if (!open_new(instance, swap, old)) {
            return false;
        }
    }
    return plugin->framework.open == NULL || plugin->framework.open(plugin->framework.owner);
}

/* Opens the instances again in the old script. One that it cannot open any more has failed. */
static void open_old(struct plugin *plugin, const struct swap *swap)
{
    for (struct instance *instance = plugin->instances; instance != NULL; instance = instance->following) {
        if (!instance->over && !open_again(instance, swap)) {
            instance->over = true;
            instance->final = SOURCE_FAILED;
            instance->final_error = text_copy(plugin_error(plugin));
        }
        instance->waiting = instance->aside;
    }
    if (plugin->framework.open != NULL && !plugin->framework.open(plugin->framework.owner)) {
        log_both(&plugin->log, LOG_LEVEL_ERROR, plugin_error(plugin));
    }
}

bool scriptswap_is_possible(const struct plugin *plugin)
{
    return plugin->opening == NULL && !eventsource_is_filling(plugin);
}

static bool swap_scripts(struct plugin *plugin, const struct swap *swap, char **problem)
{
    struct running other; /* the script that does not run, first the old one */

    plugin_put_aside(plugin, &other);
    if (!start_script(plugin, swap, &other)) {
        *problem = text_copy(plugin_error(plugin));
        plugin_end(plugin);
        plugin_put_back(plugin, &other);
        return false;
    }
    change_places(plugin, &other);
    close_all(plugin);
    change_places(plugin, &other);
    if (!open_all(plugin, swap, &other)) {
        *problem = text_copy(plugin_error(plugin));
        close_all(plugin);
        plugin_end(plugin);
        plugin_put_back(plugin, &other);
        open_old(plugin, swap);
        return false;
    }
    change_places(plugin, &other);
    plugin_end(plugin);
    plugin_put_back(plugin, &other);
    return true;
}

bool scriptswap_try(struct plugin *plugin, const struct swap *swap, char **problem)
{
    bool done;

    plugin->swapping = true;
    done = swap_scripts(plugin, swap, problem);
    plugin->swapping = false;
    return done;
}
