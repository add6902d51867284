#include "plugin/repeated.h"

#include "base/scriptclock.h"
#include "plugin/plugin.h"

#include <lauxlib.h>
#include <stddef.h>

static struct repeated *of_task(struct task *task)
{
    return (struct repeated *)(void *)((char *)task - offsetof(struct repeated, task));
}

static void is_due(struct poller_deadline *deadline)
{
    task_start(&((struct repeated *)(void *)((char *)deadline - offsetof(struct repeated, deadline)))->task);
}

/* Whether its coroutine is in a call. */
static bool has_begun(const struct repeated *repeated)
{
    return repeated->task.thread != NULL && lua_status(repeated->task.thread) == LUA_YIELD;
}

void repeated_start(struct repeated *repeated, struct plugin *plugin, enum background_group group,
                    double delay, double interval)
{
    struct task_group *of = &plugin->background->groups[group];

    repeated->goes_on = true;
    repeated->thread = LUA_NOREF;
    repeated->poller = of->poller;
    repeated->interval = (int64_t)(interval * (double)CLOCK_SECOND);
    repeated->task = (struct task){.status = TASK_OVER};
    task_open(of, &repeated->task, NULL);
    repeated->deadline = (struct poller_deadline){.reached = is_due};
    poller_set(repeated->poller, &repeated->deadline,
               scriptclock_now(repeated->poller->clock) + (int64_t)(delay * (double)CLOCK_SECOND));
}

bool repeated_stop(struct repeated *repeated)
{
    repeated->goes_on = false;
    poller_unset(repeated->poller, &repeated->deadline);
    if (repeated->task.status == TASK_READY && !has_begun(repeated)) {
        task_drop(&repeated->task);
    }
    return repeated->task.status == TASK_OVER;
}

void repeated_close(struct repeated *repeated, struct plugin *plugin)
{
    luaL_unref(plugin->vm.L, LUA_REGISTRYINDEX, repeated->thread);
    repeated->thread = LUA_NOREF;
    repeated->task.thread = NULL;
}

/* No call is left: sets when the next one is due, or ends it. */
static void rest(struct plugin *plugin, struct repeated *repeated)
{
    const int64_t due = repeated->deadline.due + repeated->interval;
    const int64_t time = scriptclock_now(repeated->poller->clock);

    if (!repeated->goes_on) {
        repeated_close(repeated, plugin);
        repeated->ended(repeated);
        return;
    }
    /* one that was late gets no burst to make up for it */
    poller_set(repeated->poller, &repeated->deadline, due < time ? time + repeated->interval : due);
}

/* Puts the function on its coroutine. False: it is suspended, or memory is out, which is logged. */
static bool begin(struct plugin *plugin, struct repeated *repeated)
{
    struct task *task = &repeated->task;

    if (breaker_is_open(repeated->breaker)) {
        return false;
    }
    if (task->thread == NULL) {
        task->thread = taskrun_new_thread(plugin, &repeated->thread);
    }
    if (task->thread == NULL) {
        vm_log_error(&plugin->vm);
        return false;
    }
    lua_pushcfunction(task->thread, repeated->call_lj); /* thread: function */
    lua_pushlightuserdata(task->thread, repeated);      /* thread: function, repeated */
    task->arguments = 1;
    return true;
}

void repeated_resume(struct plugin *plugin, struct task *task)
{
    struct repeated *repeated = of_task(task);
    enum slice slice;

    if (!has_begun(repeated) && !begin(plugin, repeated)) {
        task_drop(task);
        rest(plugin, repeated);
        return;
    }
    slice = taskrun_resume(plugin, task, repeated->name);
    if (slice == SLICE_WAITS) {
        return;
    }
    if (!breaker_note(repeated->breaker, &plugin->vm, repeated->name.name, slice == SLICE_DONE)) {
        vm_log_error(&plugin->vm);
        taskrun_renew_thread(plugin, task, &repeated->thread);
    }
    rest(plugin, repeated);
}
