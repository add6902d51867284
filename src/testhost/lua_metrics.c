#include "testhost/luaobjects.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Metrics, and asking for them on another thread all the time. */

enum { ASKING_STATE = 1 }; /* uservalue of an asking */

struct asking {
    struct state *state;
    pthread_t thread;
    bool running;
    atomic_bool end;
    lua_Integer times;
    bool failed;
    char message[HOST_MESSAGE]; /* of the failure, which ends it */
};

static const char *const value_types[] = {
    [METRIC_U32] = "u32",       [METRIC_S32] = "s32",     [METRIC_U64] = "u64", [METRIC_S64] = "s64",
    [METRIC_DOUBLE] = "double", [METRIC_FLOAT] = "float", [METRIC_INT] = "int"};

/* Stack: [] -> [value] */
static void push_metric_value_lj(lua_State *L, const struct metric *metric)
{
    switch (metric->value_type) {
    case METRIC_U32:
    case METRIC_U64:
        push_uint64_lj(L, metric->value.u);
        break;
    case METRIC_DOUBLE:
    case METRIC_FLOAT:
        lua_pushnumber(L, metric->value.d);
        break;
    case METRIC_S32:
    case METRIC_S64:
    case METRIC_INT:
        lua_pushinteger(L, metric->value.s);
    }
}

int state_metrics_lj(lua_State *L)
{
    struct state *state = state_check_lj(L, 1);
    const struct driver *driver = state->library->driver;
    struct metric *metrics;
    char message[HOST_MESSAGE];
    uint32_t count;
    enum verdict verdict;

    if (!driver_has_lj(L, state, driver->metrics != NULL, "get_metrics"))
        return 2;
    verdict = driver->metrics(state, &metrics, &count, message);
    if (verdict != VERDICT_FINE)
        return verdict_lj(L, state, verdict, message);
    lua_createtable(L, (int)count, 0); /* list */
    for (uint32_t i = 0; i < count; i++) {
        lua_createtable(L, 0, 4); /* list, metric */
        lua_pushstring(L, metrics[i].name);
        lua_setfield(L, -2, "name");
        push_metric_value_lj(L, &metrics[i]); /* list, metric, value */
        lua_setfield(L, -2, "value");
        lua_pushstring(L, metrics[i].type == METRIC_MONOTONIC ? "monotonic" : "non_monotonic");
        lua_setfield(L, -2, "type");
        lua_pushstring(L, value_types[metrics[i].value_type]);
        lua_setfield(L, -2, "value_type");
        lua_rawseti(L, -2, (lua_Integer)i + 1); /* list */
    }
    free(metrics);
    return 1;
}

static void *ask(void *argument)
{
    struct asking *asking = argument;
    const struct timespec pause = {0, 1000000};

    do { /* once at least */
        struct metric *metrics;
        uint32_t count;
        asking->failed = asking->state->library->driver->metrics(asking->state, &metrics, &count,
                                                                 asking->message) != VERDICT_FINE;
        free(metrics);
        asking->times++;
        nanosleep(&pause, NULL);
    } while (!atomic_load(&asking->end) && !asking->failed);
    return NULL;
}

int state_ask_metrics_lj(lua_State *L)
{
    struct state *state = state_check_lj(L, 1);
    struct asking *asking;
    struct metric *metrics;
    uint32_t count;
    char message[HOST_MESSAGE];
    enum verdict verdict;
    sigset_t all, old;

    if (!driver_has_lj(L, state, state->library->driver->metrics != NULL, "get_metrics"))
        return 2;
    verdict = state->library->driver->metrics(state, &metrics, &count, message);
    free(metrics);
    if (verdict != VERDICT_FINE)
        return verdict_lj(L, state, verdict, message);
    asking = lua_newuserdatauv(L, sizeof *asking, 1); /* asking */
    memset(asking, 0, sizeof *asking);
    luaL_setmetatable(L, ASKING_TYPE);
    lua_pushvalue(L, 1); /* asking, state */
    lua_setiuservalue(L, -2, ASKING_STATE);
    asking->state = state;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    asking->running = pthread_create(&asking->thread, NULL, ask, asking) == 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    state->asked += asking->running;
    return asking->running ? 1 : luaL_error(L, "a thread could not be made");
}

static struct asking *end_asking_lj(lua_State *L)
{
    struct asking *asking = luaL_checkudata(L, 1, ASKING_TYPE);

    atomic_store(&asking->end, true);
    if (asking->running) {
        pthread_join(asking->thread, NULL);
        asking->state->asked--;
    }
    asking->running = false;
    return asking;
}

static int join_lj(lua_State *L)
{
    struct asking *asking = end_asking_lj(L);

    if (asking->failed)
        return broken_lj(L, asking->message);
    lua_pushinteger(L, asking->times); /* times */
    return 1;
}

static int gc_lj(lua_State *L)
{
    end_asking_lj(L);
    return 0;
}

void asking_register_lj(lua_State *L)
{
    static const luaL_Reg methods[] = {{"join", join_lj}, {NULL, NULL}};

    object_register_lj(L, ASKING_TYPE, methods, gc_lj);
}
