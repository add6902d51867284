/*
 * The library `coroutine`, for scripts whose callbacks run as tasks: a wait in a coroutine of the script's
 * passes through who resumes it. Inside of a task, but outside of its own coroutines, a script is where other
 * scripts are in the main coroutine, and these functions say so.
 */
#include "lua/budget.h"
#include "task/taskgroup.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdbool.h>

/* Units of the time budget that making a coroutine takes. */
#define UNITS_OF_COROUTINE 2000

#define NOT_SUSPENDED "cannot resume non-suspended coroutine"

static lua_State *main_thread(lua_State *L)
{
    lua_State *thread;

    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD); /* thread */
    thread = lua_tothread(L, -1);
    lua_pop(L, 1); /* */
    return thread;
}

/* Whether `L` is the coroutine of a task: no other thread of such a kind is within a script's reach. */
static bool is_of_task(lua_State *L)
{
    const struct task_state *state = task_state_of(L);

    return state != NULL && state->current != NULL && state->current->thread == L;
}

static lua_State *check_coroutine_lj(lua_State *L, int index)
{
    lua_State *thread = lua_tothread(L, index);

    if (thread == NULL) {
        luaL_typeerror(L, index, "coroutine");
    }
    return thread;
}

/* Resumes `thread`, which is at `index` of `L`, with the values at its top. Its results, or its error, are at
 * its top. */
static int resume(lua_State *L, lua_State *thread, int arguments, int *results)
{
    struct task_state *state = task_state_of(L);
    struct task_link link = {thread, L, state->running};
    int status;

    state->running = &link;
    status = lua_resume(thread, L, arguments, results);
    state->running = link.previous;
    return status;
}

/* Moves the results. Stack: [...] -> [..., results] */
static int take_results_lj(lua_State *L, lua_State *thread, int count)
{
    if (!lua_checkstack(L, count + 1)) {
        lua_pop(thread, count);
        return luaL_error(L, "too many results to resume");
    }
    lua_xmove(thread, L, count);
    return count;
}

/* What was moved to `thread` first, or why it cannot be: a text. */
static const char *give_arguments(lua_State *L, lua_State *thread, int count)
{
    if (thread == main_thread(L) || task_thread_waits(thread)) {
        return NOT_SUSPENDED;
    }
    if (!lua_checkstack(thread, count)) {
        return "too many arguments to resume";
    }
    lua_xmove(L, thread, count);
    return NULL;
}

/* Resumes it. False: it waits, and so must `L`. */
static bool runs(lua_State *L, lua_State *thread, int arguments, int *status, int *results)
{
    *status = resume(L, thread, arguments, results);
    return *status != LUA_YIELD || !task_thread_waits(thread);
}

static int resume_with(lua_State *L, lua_State *thread, int arguments);

/* coroutine.resume after a wait. Stack: [coroutine] */
static int resume_k(lua_State *L, int status, lua_KContext context)
{
    lua_State *thread = lua_tothread(L, 1);

    (void)status;
    (void)context;
    task_thread_unmark(thread);
    return resume_with(L, thread, 0);
}

/* Stack: [coroutine, ...] -> [..., true, results] or [..., false, error] */
static int resume_with(lua_State *L, lua_State *thread, int arguments)
{
    int status, count = 0;

    if (!runs(L, thread, arguments, &status, &count)) {
        return task_pass_lj(L, thread, 0, resume_k);
    }
    budget_charge_lj(L, BUDGET_OF_STEP);
    lua_pushboolean(L, status == LUA_OK || status == LUA_YIELD); /* ..., done */
    return 1 + take_results_lj(L, thread, status == LUA_OK || status == LUA_YIELD ? count : 1);
}

/* coroutine.resume(coroutine, ...) */
static int resume_lj(lua_State *L)
{
    lua_State *thread = check_coroutine_lj(L, 1);
    int arguments = lua_gettop(L) - 1;
    const char *problem = give_arguments(L, thread, arguments);

    if (problem != NULL) {
        lua_pushboolean(L, 0);      /* ..., false */
        lua_pushstring(L, problem); /* ..., false, text */
        return 2;
    }
    return resume_with(L, thread, arguments);
}

/* Throws what is at the top, with the caller's place in front of a text. */
static int throw_lj(lua_State *L)
{
    if (lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);  /* text, place */
        lua_insert(L, -2); /* place, text */
        lua_concat(L, 2);  /* text */
    }
    return lua_error(L);
}

static int wrap_with(lua_State *L, lua_State *thread, int arguments);

static int wrap_k(lua_State *L, int status, lua_KContext context)
{
    lua_State *thread = lua_tothread(L, lua_upvalueindex(1));

    (void)status;
    (void)context;
    task_thread_unmark(thread);
    return wrap_with(L, thread, 0);
}

/* Stack: [...] -> [..., results] */
static int wrap_with(lua_State *L, lua_State *thread, int arguments)
{
    int status, count = 0;

    if (!runs(L, thread, arguments, &status, &count)) {
        return task_pass_lj(L, thread, 0, wrap_k);
    }
    budget_charge_lj(L, BUDGET_OF_STEP);
    if (status == LUA_OK || status == LUA_YIELD) {
        return take_results_lj(L, thread, count);
    }
    if (lua_status(thread) != LUA_OK && lua_status(thread) != LUA_YIELD) { /* it threw */
        status = lua_closethread(thread, L);                               /* its error may be another */
    }
    lua_xmove(thread, L, 1); /* ..., error */
    return status == LUA_ERRMEM ? lua_error(L) : throw_lj(L);
}

/* What coroutine.wrap returns; upvalue 1: the coroutine. */
static int call_wrapped_lj(lua_State *L)
{
    lua_State *thread = lua_tothread(L, lua_upvalueindex(1));
    int arguments = lua_gettop(L);
    const char *problem = give_arguments(L, thread, arguments);

    if (problem != NULL) {
        lua_pushstring(L, problem); /* ..., text */
        return throw_lj(L);
    }
    return wrap_with(L, thread, arguments);
}

/* coroutine.create(f) */
static int create_lj(lua_State *L)
{
    lua_State *thread;

    luaL_checktype(L, 1, LUA_TFUNCTION);
    budget_charge_lj(L, UNITS_OF_COROUTINE);
    thread = lua_newthread(L); /* f, ..., coroutine */
    lua_pushvalue(L, 1);       /* f, ..., coroutine, f */
    lua_xmove(L, thread, 1);   /* f, ..., coroutine */
    return 1;
}

/* coroutine.wrap(f) */
static int wrap_lj(lua_State *L)
{
    create_lj(L);                            /* f, ..., coroutine */
    lua_pushcclosure(L, call_wrapped_lj, 1); /* f, ..., function */
    return 1;
}

/* coroutine.yield(...) */
static int yield_lj(lua_State *L)
{
    if (is_of_task(L)) {
        lua_pushliteral(L, "attempt to yield from outside a coroutine"); /* ..., text */
        return lua_error(L);
    }
    return lua_yield(L, lua_gettop(L));
}

/* coroutine.isyieldable([coroutine]) */
static int isyieldable_lj(lua_State *L)
{
    lua_State *thread = lua_isthread(L, 1) ? lua_tothread(L, 1) : L;

    lua_pushboolean(L, lua_isyieldable(thread) && !is_of_task(thread));
    return 1;
}

/* coroutine.running(): the coroutine, and whether it is the main one */
static int running_lj(lua_State *L)
{
    bool is_main = true;

    if (is_of_task(L)) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD); /* thread */
    } else {
        is_main = lua_pushthread(L); /* thread */
    }
    lua_pushboolean(L, is_main); /* thread, is_main */
    return 2;
}

enum coroutine_status { RUNNING, SUSPENDED, NORMAL, DEAD };

static enum coroutine_status status_of(lua_State *L, lua_State *thread)
{
    const struct task_state *state = task_state_of(L);
    lua_Debug frame;

    if (thread == L) {
        return RUNNING;
    }
    if (thread == main_thread(L) && state->current != NULL) {
        return is_of_task(L) ? RUNNING : NORMAL;
    }
    switch (lua_status(thread)) {
    case LUA_YIELD:
        return task_thread_waits(thread) ? NORMAL : SUSPENDED;
    case LUA_OK:
        return lua_getstack(thread, 0, &frame) != 0 ? NORMAL : lua_gettop(thread) == 0 ? DEAD : SUSPENDED;
    default:
        return DEAD;
    }
}

static const char *const status_names[] = {"running", "suspended", "normal", "dead"};

/* coroutine.status(coroutine) */
static int status_lj(lua_State *L)
{
    lua_pushstring(L, status_names[status_of(L, check_coroutine_lj(L, 1))]);
    return 1;
}

/* coroutine.close(coroutine) */
static int close_lj(lua_State *L)
{
    lua_State *thread = check_coroutine_lj(L, 1);
    enum coroutine_status status = status_of(L, thread);

    if (status != SUSPENDED && status != DEAD) {
        return luaL_error(L, "cannot close a %s coroutine", status_names[status]);
    }
    if (lua_closethread(thread, L) == LUA_OK) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushboolean(L, 0);
    lua_xmove(thread, L, 1); /* false, error */
    return 2;
}

void task_open_coroutines_lj(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"close", close_lj},   {"create", create_lj},   {"isyieldable", isyieldable_lj},
        {"resume", resume_lj}, {"running", running_lj}, {"status", status_lj},
        {"wrap", wrap_lj},     {"yield", yield_lj},     {NULL, NULL}};

    luaL_setfuncs(L, functions, 0);
}
