/* emit(payload [, time [, cursor]]): the function that `produce` gets, and may give to its tasks. */
#include "base/clock.h"
#include "plugin/instance.h"
#include "plugin/payloads.h"
#include "plugin/plugin.h"

#include <lauxlib.h>

/* What the function knows: a userdata, which may live longer than the instance. */
struct emitter {
    struct instance *instance; /* NULL: it is closed */
};

static int emitted_lj(lua_State *L, int status, lua_KContext context)
{
    (void)L;
    (void)status;
    (void)context;
    return 0;
}

/* Stack: [payload, time, cursor] */
static int emit_k(lua_State *L, int status, lua_KContext context)
{
    struct emitter *emitter = lua_touserdata(L, lua_upvalueindex(1));
    struct instance *instance = emitter->instance; /* its closing has ended this task before */

    (void)status;
    (void)context;
    if (!payloads_emit_lj(L, instance)) {
        return task_wait_in_lj(L, &instance->blocked, DEADLINE_NONE, 0, emit_k);
    }
    instance->errors = 0;
    instance->pause = 0;
    pace_note(instance, clock_now(CLOCK_MONOTONIC_COARSE));
    if (instance_has_room(instance) && instance->began < instance->calls.until && !pace_is_slow(instance)) {
        return 0;
    }
    return task_wait_in_lj(L, &instance->blocked, DEADLINE_NONE, 0, emitted_lj);
}

static int emit_lj(lua_State *L)
{
    const struct emitter *emitter = lua_touserdata(L, lua_upvalueindex(1));

    task_check_lj(L, "emit");
    if (emitter->instance == NULL || task_group_of(task_current(L)) != &emitter->instance->group) {
        return luaL_error(L, "emit: only the tasks of its event source can emit, while that is open");
    }
    lua_settop(L, 3); /* payload, time, cursor */
    return emit_k(L, LUA_OK, 0);
}

void emit_open_lj(lua_State *L, struct instance *instance)
{
    struct emitter *emitter = lua_newuserdatauv(L, sizeof(*emitter), 0); /* emitter */

    emitter->instance = instance;
    lua_pushcclosure(L, emit_lj, 1); /* emit */
    instance->emit = luaL_ref(L, LUA_REGISTRYINDEX);
    instance->emitter = emitter;
}

void emit_close(struct instance *instance)
{
    if (instance->emitter != NULL) {
        instance->emitter->instance = NULL;
        instance->emitter = NULL;
        luaL_unref(instance->plugin->vm.L, LUA_REGISTRYINDEX, instance->emit);
        instance->emit = LUA_NOREF;
    }
}
