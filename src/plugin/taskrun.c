#include "plugin/taskrun.h"

#include "base/clock.h"
#include "base/text.h"
#include "plugin/plugin.h"
#include "script/interruption.h"
#include "task/spawn.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>

/* Cancelling a group takes at most so long. */
#define TIME_TO_CANCEL 1.5

/* Seconds of one that begins when that is over: its first look at the clock ends it. */
#define NO_TIME 1e-9

static int64_t now(void)
{
    return clock_now(CLOCK_MONOTONIC);
}

/* A spawned task that has thrown. */
struct failure {
    struct task *task;
    const char *error;
    bool joined; /* another waits for it, and gets the error */
};

static int keep_failure_lj(lua_State *L)
{
    struct failure *failure = lua_touserdata(L, 1);

    spawn_failed_lj(L, failure->task, failure->error, &failure->joined);
    return 0;
}

/* Whether someone gets the error of a spawned task, which is kept in it. */
static bool is_joined(struct plugin *plugin, struct task *task)
{
    char *error = text_copy(vm_error(&plugin->vm));
    struct failure failure = {task, error != NULL ? error : TEXT_NO_MEMORY, false};

    vm_call(&plugin->vm, NULL, VM_CLOCK_WALL, keep_failure_lj, &failure);
    free(error);
    return failure.joined;
}

/* One slice; `begins`: the first. `*joined`: of a spawned task that has thrown. */
static inline int run_slice(struct plugin *plugin, struct task *task, struct task_name name, bool begins,
                            bool *joined)
{
    const struct vm_call call = {
        .callback = name.name, .clock = plugin_clock(name.use), .arguments = begins ? task->arguments : 0};
    const bool spawned = name.use == USE_OF_SPAWN;
    int status, results = 0;

    if (!begins) { /* it has not yielded but to wait */
        task_thread_unmark(task->thread);
    }
    task_begin_slice(task);
    status = vm_resume(&plugin->vm, task->thread, &call, &results);
    if (status == LUA_YIELD && !task_thread_waits(task->thread)) {
        vm_close_thread(&plugin->vm, task->thread, name.name, NO_TIME);
        vm_set_error(&plugin->vm, NULL, "%s: a function in C has yielded from outside a coroutine",
                     name.name);
        status = LUA_ERRRUN;
    }
    if (spawned && status == LUA_OK) {
        spawn_returned(task);
    } else if (spawned && status != LUA_YIELD) {
        *joined = is_joined(plugin, task);
    }
    task_end_slice(task, status == LUA_YIELD);
    return status;
}

enum slice taskrun_resume(struct plugin *plugin, struct task *task, struct task_name name)
{
    struct callback_use *counted = &plugin->use[name.use];
    const bool timed = plugin->counts || !plugin->ready, begins = lua_status(task->thread) == LUA_OK;
    const int64_t begin = timed ? now() : 0;
    bool joined = false;
    int status;

    extraction_script_runs(&plugin->extraction);
    status = run_slice(plugin, task, name, begins, &joined);
    counted->calls += begins;
    counted->errors += status != LUA_OK && status != LUA_YIELD;
    if (timed) {
        counted->nanoseconds += now() - begin;
    }
    if (plugin->framework.end_call != NULL) {
        plugin->framework.end_call(plugin->framework.owner);
    }
    if (status == LUA_YIELD) {
        return SLICE_WAITS;
    }
    return status == LUA_OK || joined ? SLICE_DONE : SLICE_FAILED;
}

enum slice taskrun_resume_spawned(struct plugin *plugin, struct task *task)
{
    static const struct task_name name = {"spawn", USE_OF_SPAWN};

    return taskrun_resume(plugin, task, name);
}

bool taskrun_poll(struct plugin *plugin, struct task_group *group, int64_t until)
{
    const bool stands = scriptclock_stands(&plugin->clock) != 0;
    struct poller *poller = group->poller;

    poller_enter(poller, stands ? 0 : until);
    if (plugin->swapping) { /* nobody may see a script that is half way in */
        poller_wait(poller);
    } else {
        fairlock_pause(&plugin->lock);
        poller_wait(poller);
        fairlock_resume(&plugin->lock);
    }
    poller_leave(poller);
    return !poller->interrupted && (!stands || task_is_ready(group));
}

struct closing {
    struct plugin *plugin;
    const char *callback;
    int64_t until;
};

static void close_thread(void *owner, lua_State *thread)
{
    const struct closing *closing = owner;
    struct plugin *plugin = closing->plugin;
    double left = (double)(closing->until - now()) / (double)CLOCK_SECOND;

    extraction_script_runs(&plugin->extraction);
    if (!vm_close_thread(&plugin->vm, thread, closing->callback, left > 0 ? left : NO_TIME)) {
        vm_log_error(&plugin->vm);
    }
}

static void cancel(struct closing *closing, struct task *task)
{
    lua_State *thread = task->thread, *L = closing->plugin->vm.L;

    lua_pushthread(thread);  /* thread: itself */
    lua_xmove(thread, L, 1); /* ..., thread: it is not collected */
    task_drop(task);
    task_close_threads(thread, close_thread, closing);
    if (closing->plugin->framework.end_call != NULL) {
        closing->plugin->framework.end_call(closing->plugin->framework.owner);
    }
    lua_pop(L, 1); /* ... */
}

static struct closing begin_closing(struct plugin *plugin, const char *callback)
{
    return (struct closing){plugin, callback, now() + (int64_t)(TIME_TO_CANCEL * (double)CLOCK_SECOND)};
}

void taskrun_cancel(struct plugin *plugin, struct task *task, const char *callback)
{
    struct closing closing = begin_closing(plugin, callback);

    cancel(&closing, task);
}

void taskrun_cancel_all(struct plugin *plugin, struct task_group *group, const struct task *spared,
                        const char *callback)
{
    struct closing closing = begin_closing(plugin, callback);
    struct task *task;

    while ((task = group->tasks) != NULL && (task != spared || (task = task->next) != NULL)) {
        cancel(&closing, task);
    }
}

/* Stack: [reference] -> [] */
static int new_thread_lj(lua_State *L)
{
    int *reference = lua_touserdata(L, 1);

    lua_newthread(L);                            /* reference, thread */
    *reference = luaL_ref(L, LUA_REGISTRYINDEX); /* reference */
    return 0;
}

lua_State *taskrun_new_thread(struct plugin *plugin, int *reference)
{
    lua_State *L = plugin->vm.L, *thread;

    *reference = LUA_NOREF;
    if (!vm_call(&plugin->vm, NULL, VM_CLOCK_WALL, new_thread_lj, reference)) {
        return NULL;
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, *reference); /* thread */
    thread = lua_tothread(L, -1);
    lua_pop(L, 1); /* */
    return thread;
}

void taskrun_renew_thread(struct plugin *plugin, struct task *task, int *reference)
{
    int renewed;
    lua_State *thread = taskrun_new_thread(plugin, &renewed);

    if (thread != NULL) {
        luaL_unref(plugin->vm.L, LUA_REGISTRYINDEX, *reference);
        *reference = renewed;
        task->thread = thread;
    }
}

/* The innermost coroutine that waits. */
static lua_State *waiting_thread(const struct task *task)
{
    lua_State *thread = task->thread, *inner;

    while ((inner = task_thread_inner(thread)) != NULL) {
        thread = inner;
    }
    return thread;
}

/* Gives up waiting for it; `why` stands behind the name of the callback. */
static void stop_waiting(struct plugin *plugin, struct task *task, const char *callback, const char *why)
{
    char *error;

    vm_set_error(&plugin->vm, waiting_thread(task), "%s: %s", callback, why);
    error = plugin->vm.error;
    plugin->vm.error = NULL; /* closing may fail, too */
    taskrun_cancel(plugin, task, callback);
    free(plugin->vm.error);
    plugin->vm.error = error;
}

/* Runs the next of the group's tasks that is ready, unless that is this one: then true. Errors of spawned
 * tasks are logged. */
static bool run_other(struct plugin *plugin, struct task *task)
{
    struct task *ready = task_take_ready(task->group);

    if (ready != NULL && ready != task && spawn_is(ready) &&
        taskrun_resume_spawned(plugin, ready) == SLICE_FAILED) {
        vm_log_error(&plugin->vm);
    }
    return ready == task;
}

/* Waits until the task is ready, or until then. NULL: it is; else why it will not be. */
static const char *wait_for(struct plugin *plugin, struct task *task, int64_t until)
{
    const int interruptions = interruption_count();

    while (!run_other(plugin, task)) {
        if (now() >= until) {
            return "";
        }
        taskrun_poll(plugin, task->group, task_is_ready(task->group) ? 0 : until);
        if (interruption_count() != interruptions) {
            return "interrupted by a signal";
        }
    }
    return NULL;
}

bool taskrun_finish(struct plugin *plugin, struct task *task, struct task_name name, double seconds,
                    const char *limit)
{
    const int64_t until = now() + (int64_t)(seconds * (double)CLOCK_SECOND);
    enum slice slice;
    char text[96];

    do {
        const char *why = wait_for(plugin, task, until);

        if (why != NULL) {
            snprintf(text, sizeof(text), "still waiting after %.14g s (limit: %s)", seconds, limit);
            stop_waiting(plugin, task, name.name, why[0] != '\0' ? why : text);
            return false;
        }
        slice = taskrun_resume(plugin, task, name);
    } while (slice == SLICE_WAITS);
    return slice == SLICE_DONE;
}

bool taskrun_call(struct plugin *plugin, struct task *task, enum script_key callback, lua_CFunction function,
                  void *request)
{
    lua_pushcfunction(task->thread, function);    /* thread: function */
    lua_pushlightuserdata(task->thread, request); /* thread: function, request */
    task->arguments = 1;
    task_start(task);
    return taskrun_finish(plugin, task, (struct task_name){script_keys[callback].name, (int)callback},
                          plugin->limits.time, "init_config.lure.time");
}
