/* lure.spawn: tasks of a script's own. */
#include "task/spawn.h"

#include "base/memorybudget.h"
#include "lua/budget.h"
#include "lua/metatable.h"
#include "task/taskgroup.h"

#include <lauxlib.h>

/* Units of the time budget that making one takes. */
#define UNITS_OF_TASK 4000

/* The metatable's name in the registry. */
#define METATABLE "lure task"

/* In a userdata that the registry holds until it is over. Its user value 1 is the coroutine, on which its
 * results stay, or its error. */
struct spawned {
    struct task task;
    lua_State *main; /* of the state */
    int self;        /* reference */
    enum { RUNS, RETURNED, FAILED, CANCELLED } end;
};

/* The task that `method` is called on. */
static struct spawned *check_lj(lua_State *L, const char *method)
{
    struct spawned *spawned = luaL_testudata(L, 1, METATABLE);

    if (spawned == NULL) {
        luaL_error(L, "lure.spawn: %s: expected a task, got %s; call it as task:%s()", method,
                   luaL_typename(L, 1), method);
    }
    return spawned;
}

/* It is over: from here on it is the collector's. */
static void let_go(struct task *task)
{
    struct spawned *spawned = (struct spawned *)(void *)task;

    spawned->end = spawned->end == RUNS ? CANCELLED : spawned->end;
    luaL_unref(spawned->main, LUA_REGISTRYINDEX, spawned->self);
}

bool spawn_is(const struct task *task)
{
    return task->ended == let_go;
}

void spawn_returned(struct task *task)
{
    ((struct spawned *)(void *)task)->end = RETURNED;
}

void spawn_failed_lj(lua_State *L, struct task *task, const char *error, bool *joined)
{
    struct spawned *spawned = (struct spawned *)(void *)task;

    spawned->end = FAILED;
    *joined = task->joining.first != NULL;
    lua_settop(task->thread, 0);   /* thread: */
    lua_pushstring(L, error);      /* error */
    lua_xmove(L, task->thread, 1); /* */
}

/* Moves copies of the results. Stack: [task] -> [task, results] */
static int push_results_lj(lua_State *L, lua_State *thread)
{
    int count = lua_gettop(thread);

    luaL_checkstack(L, count, "too many results");
    if (!lua_checkstack(thread, count)) {
        return luaL_error(L, "too many results");
    }
    for (int i = 1; i <= count; i++) {
        lua_pushvalue(thread, i); /* thread: results, copies */
    }
    lua_xmove(thread, L, count);
    return count;
}

/* Stack: [task] */
static int join_k(lua_State *L, int status, lua_KContext context)
{
    struct spawned *spawned = lua_touserdata(L, 1);

    (void)status;
    (void)context;
    switch (spawned->end) {
    case RETURNED:
        return push_results_lj(L, spawned->task.thread);
    case FAILED:
        if (push_results_lj(L, spawned->task.thread) == 0) { /* task, error or nothing */
            return luaL_error(L, "spawn: " TEXT_OVER_LIMIT);
        }
        return lua_error(L);
    case CANCELLED:
        lua_pushnil(L);                               /* task, nil */
        lua_pushliteral(L, "the task was cancelled"); /* task, nil, text */
        return 2;
    case RUNS:
        break;
    }
    return task_wait_in_lj(L, &spawned->task.joining, DEADLINE_NONE, 0, join_k);
}

/* task:join(): waits until it is over; its results, or its error */
static int join_lj(lua_State *L)
{
    struct spawned *spawned = check_lj(L, "join");

    task_check_lj(L, "lure.spawn: join");
    if (task_current(L) == &spawned->task) {
        return luaL_error(L, "lure.spawn: join: a task cannot wait for itself");
    }
    lua_settop(L, 1); /* task */
    return join_k(L, LUA_OK, 0);
}

/* A cancellation inside of a call of Lua's. */
struct closing {
    lua_State *L;
    int failed; /* how many errors are on the stack: 0 or 1 */
};

static void close_thread(void *owner, lua_State *thread)
{
    struct closing *closing = owner;

    if (lua_closethread(thread, closing->L) != LUA_OK) {
        if (closing->failed == 0) {
            lua_xmove(thread, closing->L, 1);
            closing->failed = 1;
        }
        lua_settop(thread, 0);
    }
}

/* task:cancel(): true; or false and the error of a `<close>` variable */
static int cancel_lj(lua_State *L)
{
    struct spawned *spawned = check_lj(L, "cancel");
    struct closing closing = {L, 0};

    lua_settop(L, 1);
    if (spawned->task.status == TASK_RUNNING) {
        return luaL_error(L, "lure.spawn: cancel: a task cannot cancel itself; return, or throw");
    }
    budget_charge_lj(L, UNITS_OF_TASK);
    if (spawned->end == RUNS) {
        task_drop(&spawned->task);
        task_close_threads(spawned->task.thread, close_thread, &closing); /* task, error or nothing */
        lua_settop(spawned->task.thread, 0);
    }
    lua_pushboolean(L, closing.failed == 0); /* task, error or nothing, done */
    lua_insert(L, 2);                        /* task, done, error or nothing */
    return 1 + closing.failed;
}

static void fill_metatable_lj(lua_State *L)
{
    static const luaL_Reg methods[] = {{"join", join_lj}, {"cancel", cancel_lj}, {NULL, NULL}};

    luaL_newlib(L, methods);            /* metatable, methods */
    lua_setfield(L, -2, "__index");     /* metatable */
    lua_pushboolean(L, 0);              /* metatable, false */
    lua_setfield(L, -2, "__metatable"); /* metatable */
}

void task_spawn_lj(lua_State *L, const char *what, int arguments)
{
    struct task *current = task_current(L);
    struct spawned *spawned;
    lua_State *thread;

    if (current == NULL || !current->group->spawns) {
        luaL_error(
            L, "%s: not here; init, open, next, iterators, produce, async, every and tasks of lure.spawn can",
            what);
    }
    budget_charge_lj(L, UNITS_OF_TASK);
    metatable_push_lj(L, METATABLE, fill_metatable_lj);  /* function, arguments, metatable */
    spawned = lua_newuserdatauv(L, sizeof(*spawned), 1); /* ..., metatable, task */
    *spawned = (struct spawned){.task = {.ended = let_go}, .end = CANCELLED};
    lua_insert(L, -2);           /* ..., task, metatable */
    lua_setmetatable(L, -2);     /* ..., task */
    thread = lua_newthread(L);   /* ..., task, thread */
    lua_setiuservalue(L, -2, 1); /* ..., task */
    if (!lua_checkstack(thread, arguments + LUA_MINSTACK)) {
        luaL_error(L, "%s: too many arguments", what);
    }
    lua_pushvalue(L, -1);                                   /* function, arguments, task, task */
    spawned->self = luaL_ref(L, LUA_REGISTRYINDEX);         /* function, arguments, task */
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD); /* ..., task, main thread */
    spawned->main = lua_tothread(L, -1);
    lua_pop(L, 1);                       /* function, arguments, task */
    lua_insert(L, -arguments - 2);       /* task, function, arguments */
    lua_xmove(L, thread, arguments + 1); /* task */
    task_open(current->group, &spawned->task, thread);
    spawned->task.arguments = arguments;
    spawned->end = RUNS;
    task_start(&spawned->task);
}
