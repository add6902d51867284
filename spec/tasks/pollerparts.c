/*
 * pollerparts: the poller (task/poller.h) in a Lua module, without tasks around it.
 *
 * Each function makes a poller of its own, and returns how often something was called.
 */
#include "task/poller.h"

#include <lauxlib.h>
#include <lua.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* ---- watches that remove each other ---- */

struct pair {
    struct poller poller;
    struct poller_watch watches[2];
    int calls, calls_of_removed;
};

static struct pair *pair; /* of the call that is going on */

static void remove_other(struct poller_watch *watch, uint32_t events)
{
    (void)events;
    pair->calls++;
    pair->calls_of_removed += watch->link == NULL;
    poller_remove(&pair->poller, &pair->watches[watch == pair->watches]);
}

/* remove(): two watches are ready at once, and the one that is called first removes the other. Returns how
 * many were called, and how many of them when they were removed already. */
static int remove_lj(lua_State *L)
{
    struct pair own = {.calls = 0};
    const uint64_t one = 1;

    pair = &own;
    for (int i = 0; i < 2; i++) {
        struct poller_watch *watch = &own.watches[i];

        watch->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        watch->events = EPOLLIN;
        watch->ready = remove_other;
        if (!poller_add(&own.poller, watch) || write(watch->fd, &one, sizeof(one)) < 0) {
            return luaL_error(L, "no descriptors");
        }
    }
    poller_run(&own.poller, 0);
    for (int i = 0; i < 2; i++) {
        poller_remove(&own.poller, &own.watches[i]);
        close(own.watches[i].fd);
    }
    poller_close(&own.poller);
    lua_pushinteger(L, own.calls);            /* calls */
    lua_pushinteger(L, own.calls_of_removed); /* calls, calls of removed ones */
    return 2;
}

/* ---- deadlines ---- */

/* One that sets itself again at once, `rest` times. */
struct again {
    struct poller_deadline deadline;
    struct poller *poller;
    lua_Integer calls, rest;
};

static void set_again(struct poller_deadline *deadline)
{
    struct again *again = (struct again *)(void *)deadline;

    again->calls++;
    if (--again->rest > 0) {
        poller_set(again->poller, deadline, 1);
    }
}

/* reach(times): a deadline that is reached sets itself again at once, `times` times. Returns how often it was
 * reached in one go. */
static int reach_lj(lua_State *L)
{
    struct poller poller = {0};
    struct again again = {
        .deadline = {.reached = set_again}, .poller = &poller, .rest = luaL_checkinteger(L, 1)};

    poller_set(&poller, &again.deadline, 1);
    poller_run(&poller, 0);
    poller_unset(&poller, &again.deadline);
    poller_close(&poller);
    lua_pushinteger(L, again.calls); /* calls */
    return 1;
}

/* wait(nanoseconds): waits once, as long as no signal comes. Returns the nanoseconds that were left of it. */
static int wait_lj(lua_State *L)
{
    struct poller poller = {0};
    const int64_t until = clock_now(CLOCK_MONOTONIC) + luaL_checkinteger(L, 1);
    int64_t left;

    do {
        poller_run(&poller, until);
        left = until - clock_now(CLOCK_MONOTONIC);
    } while (poller.interrupted);
    poller_close(&poller);
    lua_pushinteger(L, left > 0 ? left : 0); /* left */
    return 1;
}

int luaopen_pollerparts(lua_State *L);

int luaopen_pollerparts(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"remove", remove_lj}, {"reach", reach_lj}, {"wait", wait_lj}, {NULL, NULL}};

    luaL_newlib(L, functions); /* module */
    return 1;
}
