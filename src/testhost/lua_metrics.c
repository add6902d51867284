#include "testhost/luaobjects.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* state:metrics, and state:ask_metrics, which polls them on a thread of its own. */

enum { METRICS_JOB_STATE = 1 }; /* uservalue of a metrics job */

struct metrics_job {
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
    struct metrics_job *job = argument;
    const struct timespec pause = {0, 1000000};

    do { /* once at least */
        struct metric *metrics;
        uint32_t count;
        job->failed =
            job->state->library->driver->metrics(job->state, &metrics, &count, job->message) != VERDICT_FINE;
        free(metrics);
        job->times++;
        nanosleep(&pause, NULL);
    } while (!atomic_load(&job->end) && !job->failed);
    return NULL;
}

int state_ask_metrics_lj(lua_State *L)
{
    struct state *state = state_check_lj(L, 1);
    struct metrics_job *job;
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
    job = lua_newuserdatauv(L, sizeof *job, 1); /* job */
    memset(job, 0, sizeof *job);
    luaL_setmetatable(L, METRICS_JOB_TYPE);
    lua_pushvalue(L, 1); /* job, state */
    lua_setiuservalue(L, -2, METRICS_JOB_STATE);
    job->state = state;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    job->running = pthread_create(&job->thread, NULL, ask, job) == 0;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    state->asked += job->running;
    return job->running ? 1 : luaL_error(L, "a thread could not be made");
}

static struct metrics_job *end_job_lj(lua_State *L)
{
    struct metrics_job *job = luaL_checkudata(L, 1, METRICS_JOB_TYPE);

    atomic_store(&job->end, true);
    if (job->running) {
        pthread_join(job->thread, NULL);
        job->state->asked--;
    }
    job->running = false;
    return job;
}

static int join_lj(lua_State *L)
{
    struct metrics_job *job = end_job_lj(L);

    if (job->failed)
        return broken_lj(L, job->message);
    lua_pushinteger(L, job->times); /* times */
    return 1;
}

static int gc_lj(lua_State *L)
{
    end_job_lj(L);
    return 0;
}

void metrics_job_register_lj(lua_State *L)
{
    static const luaL_Reg methods[] = {{"join", join_lj}, {NULL, NULL}};

    object_register_lj(L, METRICS_JOB_TYPE, methods, gc_lj);
}
