/*
 * taskgroup: the tasks of one open event source, or of a plugin state, for who runs them (src/plugin).
 *
 * A group has the tasks that are not over, those of them that are ready to run, a poller that makes them
 * ready, which it may share, and the resources that end with it. Who runs them takes one after the other out
 * of task_take_ready, resumes it between task_begin_slice and task_end_slice, and polls when there is none.
 *
 * Owner: the instance, or the plugin state. Threads: as task/task.h says.
 */
#ifndef LURE_TASK_TASKGROUP_H
#define LURE_TASK_TASKGROUP_H

#include "task/poller.h"
#include "task/task.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A coroutine of the script's that runs, resumed by another; on the C stack of who resumes it. */
struct task_link {
    lua_State *thread, *from;
    struct task_link *previous;
};

/* One for each Lua state, which has its address in the extra space of all of its threads. */
struct task_state {
    struct task *current;
    const struct script_clock *clock; /* NULL: CLOCK_MONOTONIC */
    struct task_link *running;        /* coroutines of the script's in it, the innermost first */
};

struct task_group {
    struct task_state *state;
    bool spawns;                /* its tasks may make others: someone runs them as long as it is there */
    struct poller *poller, own; /* it has one of its own, or shares another */
    struct task *tasks;         /* all that are ready or wait */
    struct task_queue ready;
    struct task_resource *resources;
};

enum task_status { TASK_OVER, TASK_READY, TASK_RUNNING, TASK_WAITING };

/* In C memory, or in a userdata that the registry holds until the task is over. All zero is one that is over.
 */
struct task {
    struct task_group *group;
    lua_State *thread; /* its coroutine; the owner keeps it from being collected */
    enum task_status status;
    int arguments;             /* at the top of its coroutine, behind the function, before it begins */
    struct task *next, **link; /* of the group's */
    void (*ended)(
        struct task *task); /* it is over: it returned, threw or was cancelled; or NULL; must not throw */

    struct task_queue *queue; /* that it stands in, `ready` included, or NULL */
    struct task *behind, *before;
    struct poller_watch watch; /* what it waits for; fd -1: none */
    struct poller_deadline deadline;
    uint32_t events;           /* that the watch has found */
    struct task_queue joining; /* tasks that wait until it is over */
};

/* To be called for a new Lua state, before it has coroutines. */
void task_state_open(lua_State *L, struct task_state *state);

/* That of the thread's Lua state. */
struct task_state *task_state_of(lua_State *L);

/* `shared`: the poller of several groups, or NULL. */
void task_group_open(struct task_group *group, struct task_state *state, struct poller *shared);

/* Ends the resources and closes its own poller. All tasks are over. */
void task_group_close(struct task_group *group);

/* Ends the resources alone. */
void task_group_end_resources(struct task_group *group);

/* Makes it a task of the group, which does not run yet. One that is over can be run again. */
void task_open(struct task_group *group, struct task *task, lua_State *thread);

/* It is to be run: what `thread` will run is on its stack. */
void task_start(struct task *task);

/* The next one that is ready, or NULL. It is taken out of the queue. */
struct task *task_take_ready(struct task_group *group);

static inline bool task_is_ready(const struct task_group *group)
{
    return group->ready.first != NULL;
}

/* Around the resumption of a task that is not in the queue; whether it waits then. What is over leaves the
 * group, and its joiners are woken. */
void task_begin_slice(struct task *task);
void task_end_slice(struct task *task, bool waits);

/* Takes one that does not run out of the group and of all that it waits for: it is over, but its coroutine is
 * not closed yet. */
void task_drop(struct task *task);

/* Closes the coroutine of a task that was dropped, and those of the script's in which it waits, from the
 * inside out. `close` does so for one of them, as lua_closethread; it must not throw. The caller keeps
 * `thread` from being collected. */
void task_close_threads(lua_State *thread, void (*close)(void *owner, lua_State *thread), void *owner);

/* Adds the functions of `coroutine` that tasks change, to the table at the top. Stack: [coroutine] ->
 * [coroutine] */
void task_open_coroutines_lj(lua_State *L);

/*
 * A coroutine that waits has yielded a mark: `thread` waits itself, or in a coroutine of the script's that it
 * has resumed, whose address then stands below another mark. No script can make either.
 */
bool task_thread_waits(lua_State *thread);

/* The coroutine that `thread` has resumed and in which it waits; NULL: it waits itself. */
lua_State *task_thread_inner(lua_State *thread);

/* Removes the mark, before it is resumed. */
void task_thread_unmark(lua_State *thread);

/* In `thread`, which has resumed `inner`, whose wait passes: yields. */
int task_pass_lj(lua_State *thread, lua_State *inner, lua_KContext context, lua_KFunction k);

#endif
