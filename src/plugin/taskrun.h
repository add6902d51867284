/*
 * taskrun: runs the tasks (task/task.h) of a plugin state.
 *
 * A slice is what a task does from one wait to the next: one call into the script, with a time limit of its
 * own, so what it waits is not charged. Callers hold the plugin state's lock; while nothing is ready it is
 * released.
 */
#ifndef LURE_PLUGIN_TASKRUN_H
#define LURE_PLUGIN_TASKRUN_H

#include "script/keys.h"
#include "task/taskgroup.h"

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

struct plugin;

enum slice { SLICE_DONE, SLICE_WAITS, SLICE_FAILED };

/* What messages call a task, and what it is counted as (enum script_key, USE_OF_…). */
struct task_name {
    const char *name;
    int use;
};

/*
 * Runs a task until it waits or is over. If it has not begun yet, the function and task->arguments arguments
 * are at the top of its coroutine. SLICE_DONE: its results are there. SLICE_FAILED: vm_error says why.
 */
enum slice taskrun_resume(struct plugin *plugin, struct task *task, struct task_name name);

/* The same for one of lure.spawn. SLICE_FAILED: and no other task waits for it, which would have got the
 * error. */
enum slice taskrun_resume_spawned(struct plugin *plugin, struct task *task);

/*
 * Calls function(L) with `request`, a light userdata, as a task, and blocks until it is over: for `init` and
 * `open`. False: it threw, or has waited longer than limits.time; as plugin_call.
 */
bool taskrun_call(struct plugin *plugin, struct task *task, enum script_key callback, lua_CFunction function,
                  void *request);

/* Blocks until a task that is ready or waits is over, but not longer than so many seconds, which `limit`
 * names. False: as above. */
bool taskrun_finish(struct plugin *plugin, struct task *task, struct task_name name, double seconds,
                    const char *limit);

/* Polls at most until then, without the lock (but see plugin->swapping). False: a signal has ended it: hosts
 * look for theirs between calls; or nothing is ready, and the script's clock stands: only its spec goes on.
 */
bool taskrun_poll(struct plugin *plugin, struct task_group *group, int64_t until);

/* Cancels all tasks of the group, but one or NULL. `callback`: what messages call it. */
void taskrun_cancel_all(struct plugin *plugin, struct task_group *group, const struct task *spared,
                        const char *callback);

/* Cancels one that does not run. */
void taskrun_cancel(struct plugin *plugin, struct task *task, const char *callback);

/* A coroutine for tasks, kept by the registry under `*reference`. NULL: vm_error says why. */
lua_State *taskrun_new_thread(struct plugin *plugin, int *reference);

/* Another one for a task that has failed, so that it can be run again: stock Lua calls no hooks, so knows no
 * time limit, in one that an error of a hook has ended. Where memory is out it keeps its own. */
void taskrun_renew_thread(struct plugin *plugin, struct task *task, int *reference);

#endif
