/*
 * task: coroutines that lure resumes. For C functions that wait, as those of lure.net and lure.http.
 *
 * A task runs `next`, `produce`, `open`, `init`, `async`, a function of `every`, or what lure.spawn was
 * given. A function that waits suspends its task, never the host's thread:
 *
 *     static int read_k(lua_State *L, int status, lua_KContext context);
 *
 *     static int read_lj(lua_State *L)               Stack: [connection, ...]
 *     {
 *         task_check_lj(L, "lure.net: read");
 *         return read_k(L, LUA_OK, 0);
 *     }
 *     static int read_k(…)                           the same stack
 *     {
 *         … n = recv(…); if it would block:
 *         return task_wait_lj(L, connection->fd, EPOLLIN, deadline, 0, read_k);
 *         …
 *     }
 *
 * A script's own coroutines may stand between: the wait passes through them. A task belongs to a group: of an
 * open event source, or one of the background thread (`async`, `every`, what init spawns).
 *
 * Cancellation: a suspended task is closed (lua_closethread): the continuation is never called, `<close>`
 * variables are. So whatever a waiting function has to give back is in a value to be closed, a userdata with
 * __gc, or a task_resource.
 *
 * Threads: all functions are called with the plugin state's lock held, as all Lua is. An object may be used
 * by tasks of several groups, one after the other: a poller_watch of its own must be removed from the first's
 * poller before.
 */
#ifndef LURE_TASK_TASK_H
#define LURE_TASK_TASK_H

#include "task/poller.h"

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

struct task;
struct task_group;

/* The task that runs now; NULL: none, as in `extract` or the script's top level. `init` and `open` are tasks,
 * too: the host's thread waits for them. */
struct task *task_current(lua_State *L);

/* The poller of its group; never NULL. Several groups may share it. */
struct poller *task_poller(const struct task *task);

/* Its group; never NULL. */
struct task_group *task_group_of(const struct task *task);

/* The time by the clock that deadlines are times of (base/scriptclock.h), in ns; of any Lua state. */
int64_t task_now(lua_State *L);

/* That clock; NULL: CLOCK_MONOTONIC. */
const struct script_clock *task_clock(lua_State *L);

/*
 * Throws where waiting is not possible: "lure.file.tail: cannot wait here; …" (no task, or a C function
 * between, as in gsub's callback). `what` is the function's name. Every waiting function calls it first, even
 * if it need not wait this time.
 */
void task_check_lj(lua_State *L, const char *what);

/*
 * Suspends the task until `fd` has one of `events` (-1: there is none), or until `deadline` (a time
 * of task_now; DEADLINE_NONE). Then k(L, LUA_YIELD, context) is called, as with lua_yieldk; the stack is
 * as it was. A regular file is ready at once. To be used as `return task_wait_lj(…)`. Throws where
 * task_check_lj does, and where memory or descriptors are out.
 */
int task_wait_lj(lua_State *L, int fd, uint32_t events, int64_t deadline, lua_KContext context,
                 lua_KFunction k);

/* In k: what was ready, EPOLL* bits; 0: the deadline, or a wake. */
uint32_t task_ready(lua_State *L);

/*
 * Tasks that wait for something that is no descriptor, in the order in which they came: a join, a transfer of
 * libcurl's, a connection that another task closes. Embedded in that object; all zero is an empty one. Tasks
 * that are cancelled leave it. Before its memory goes it must be empty: task_wake_all.
 */
struct task_queue {
    struct task *first, *last;
};

/* As task_wait_lj, until it is woken out of the queue, or the deadline. */
int task_wait_in_lj(lua_State *L, struct task_queue *queue, int64_t deadline, lua_KContext context,
                    lua_KFunction k);

/* Makes them ready to run; from any place that holds the lock, also a poller's callback. */
void task_wake_first(struct task_queue *queue);
void task_wake_all(struct task_queue *queue);

/*
 * What has to end with the group although no collector comes by: a child process, a listening socket. `end`
 * is called when the group is cancelled, after its tasks are closed; it does not wait, throw or use Lua.
 * Owner: who embeds it.
 */
struct task_resource {
    void (*end)(struct task_resource *resource); /* it is disowned by then */
    struct task_resource *next, **link;          /* link NULL: owned by no group */
};

void task_own(struct task *task, struct task_resource *resource);
void task_disown(struct task_resource *resource); /* one that no group owns is left alone */

/* A new task of the running task's group, which begins as soon as the running one waits. Throws where no task
 * runs. Stack: [..., function, arguments...] -> [..., task object] */
void task_spawn_lj(lua_State *L, const char *what, int arguments);

#endif
