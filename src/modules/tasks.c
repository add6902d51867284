#include "modules/tasks.h"

#include "base/clock.h"
#include "event/value.h"
#include "task/task.h"

#include <lauxlib.h>

/* Seconds: some thirty years. */
#define LONGEST_SLEEP 1e9

static int slept_lj(lua_State *L, int status, lua_KContext context)
{
    (void)L;
    (void)status;
    (void)context;
    return 0;
}

/* lure.sleep(seconds) */
static int sleep_lj(lua_State *L)
{
    lua_Number seconds = lua_tonumber(L, 1);
    char got[96];

    task_check_lj(L, "lure.sleep");
    if (lua_type(L, 1) != LUA_TNUMBER || !(seconds >= 0 && seconds <= LONGEST_SLEEP)) {
        value_describe(L, 1, got, sizeof(got));
        return luaL_error(L, "lure.sleep: expected seconds from 0 to 1e9, got %s", got);
    }
    return task_wait_lj(L, -1, 0, task_now(L) + (int64_t)(seconds * (double)CLOCK_SECOND), 0, slept_lj);
}

/* lure.spawn(function, ...): a task */
static int spawn_lj(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    task_spawn_lj(L, "lure.spawn", lua_gettop(L) - 1); /* task */
    return 1;
}

void tasks_open_lj(lua_State *L)
{
    static const luaL_Reg functions[] = {{"sleep", sleep_lj}, {"spawn", spawn_lj}, {NULL, NULL}};

    luaL_setfuncs(L, functions, 0); /* module */
}
