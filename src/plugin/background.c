#include "plugin/background.h"

#include "base/forks.h"
#include "base/helperthread.h"
#include "plugin/plugin.h"
#include "plugin/repeated.h"
#include "plugin/taskrun.h"
#include "task/spawn.h"

#include <stdlib.h>

struct background *background_new(struct task_state *state)
{
    struct background *background = calloc(1, sizeof(*background));

    for (int i = 0; background != NULL && i < BACKGROUND_GROUPS; i++) {
        task_group_open(&background->groups[i], state, &background->poller);
        background->groups[i].spawns = true;
    }
    return background;
}

void background_free(struct background *background)
{
    if (background == NULL) {
        return;
    }
    for (int i = 0; i < BACKGROUND_GROUPS; i++) {
        task_group_close(&background->groups[i]);
    }
    poller_close(&background->poller);
    free(background);
}

void background_cancel(struct plugin *plugin, enum background_group group, const char *callback)
{
    taskrun_cancel_all(plugin, &plugin->background->groups[group], NULL, callback);
    task_group_end_resources(&plugin->background->groups[group]);
}

void background_abandon(struct background *background)
{
    for (int i = 0; background != NULL && i < BACKGROUND_GROUPS; i++) {
        background->groups[i].tasks = NULL;
    }
}

static bool has_ready(const struct background *background)
{
    bool ready = false;

    for (int i = 0; i < BACKGROUND_GROUPS; i++) {
        ready = ready || task_is_ready(&background->groups[i]);
    }
    return ready;
}

int64_t background_due(const struct background *background, bool *busy)
{
    int64_t due = poller_due(&background->poller);

    *busy = has_ready(background) || due <= scriptclock_now(background->poller.clock);
    return due;
}

void background_look_again(struct background *background)
{
    poller_wake(&background->poller);
}

/* The next task that is ready, of the groups in turn; NULL: none is. */
static struct task *take_ready(struct background *background)
{
    struct task *task = NULL;

    for (int i = 0; i < BACKGROUND_GROUPS && task == NULL; i++) {
        task = task_take_ready(&background->groups[background->turn]);
        background->turn = (background->turn + 1) % BACKGROUND_GROUPS;
    }
    return task;
}

/* Waits, without the lock, until a task is ready or the thread is to end. */
static void poll_tasks(struct plugin *plugin)
{
    struct background *background = plugin->background; /* stays: scripts are not swapped meanwhile */
    const bool runs = plugin->ready && has_ready(background);

    poller_enter(&background->poller, runs ? 0 : DEADLINE_NONE);
    fairlock_leave(&plugin->lock);
    poller_wait(&background->poller);
    fairlock_enter(&plugin->lock);
    poller_leave(&background->poller);
}

/* An error of a spawned task is logged, as one of a function that is called again. */
static void run_next(struct plugin *plugin)
{
    struct task *task = take_ready(plugin->background);

    if (task != NULL && !spawn_is(task)) {
        repeated_resume(plugin, task);
    } else if (task != NULL && taskrun_resume_spawned(plugin, task) == SLICE_FAILED) {
        vm_log_error(&plugin->vm);
    }
}

static void run(void *ud)
{
    struct plugin *plugin = ud;

    fairlock_enter(&plugin->lock);
    while (!plugin->thread.ends) {
        if (plugin->ready) { /* not left half way */
            run_next(plugin);
        }
        poll_tasks(plugin);
    }
    fairlock_leave(&plugin->lock);
}

static bool has_work(const struct plugin *plugin)
{
    bool has = plugin->background->poller.deadlines.soonest != NULL;

    for (int i = 0; i < BACKGROUND_GROUPS; i++) {
        has = has || plugin->background->groups[i].tasks != NULL;
    }
    return has;
}

/* Forgets a thread of the process that this one was forked from. */
static void check_fork(struct background_thread *thread)
{
    if (thread->thread != NULL && thread->forks != forks_seen()) {
        helperthread_join(thread->thread); /* waits for nothing */
        thread->thread = NULL;
    }
}

bool background_start(struct plugin *plugin)
{
    struct background_thread *thread = &plugin->thread;

    check_fork(thread);
    if (thread->thread == NULL && !thread->paused) {
        thread->forks = forks_seen();
        thread->ends = false;
        thread->thread = helperthread_start(run, plugin, 0);
    }
    return thread->thread != NULL || thread->paused;
}

/* Takes the thread that is to end, if there is one. */
static struct helperthread *begin_stop(struct plugin *plugin)
{
    check_fork(&plugin->thread);
    if (plugin->thread.thread != NULL) {
        plugin->thread.ends = true;
        poller_wake(&plugin->background->poller);
    }
    return plugin->thread.thread;
}

/* Ends the thread. The lock is held, and released meanwhile. */
static void stop(struct plugin *plugin)
{
    struct helperthread *thread = begin_stop(plugin);

    if (thread != NULL) {
        fairlock_leave(&plugin->lock);
        helperthread_join(thread);
        fairlock_enter(&plugin->lock);
        plugin->thread.thread = NULL;
    }
}

void background_stop(struct plugin *plugin)
{
    fairlock_enter(&plugin->lock);
    stop(plugin);
    fairlock_leave(&plugin->lock);
}

void background_rest(struct plugin *plugin)
{
    fairlock_enter(&plugin->lock);
    if (plugin->background != NULL && !has_work(plugin)) {
        stop(plugin);
        if (has_work(plugin)) { /* another thread of the host's has begun something meanwhile */
            background_start(plugin);
        }
    }
    fairlock_leave(&plugin->lock);
}

void background_pause(struct plugin *plugin)
{
    fairlock_enter(&plugin->lock);
    plugin->thread.paused = true;
    stop(plugin);
    fairlock_leave(&plugin->lock);
}

void background_go_on(struct plugin *plugin)
{
    plugin->thread.paused = false;
    if (has_work(plugin) && !background_start(plugin)) {
        log_both(&plugin->log, LOG_LEVEL_ERROR,
                 "reload: no memory, or no thread, for async, every and tasks of init: they have stopped");
    }
}
