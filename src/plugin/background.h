/*
 * background: the tasks (task/task.h) of no event source, and the thread that runs them: `async`, functions
 * of `every`, and what `init` has spawned.
 *
 * Hosts have a thread pool for this, but its routines spin, or starve one another. The thread is started when
 * there is something to run. It holds the plugin state's lock while a task runs, and releases it between two
 * and while all wait. In a forked child there is no thread until it is started again.
 *
 * Owner: the plugin state, whose lock is on. Callers hold the lock, but where something else is said.
 */
#ifndef LURE_PLUGIN_BACKGROUND_H
#define LURE_PLUGIN_BACKGROUND_H

#include "task/taskgroup.h"

#include <stdbool.h>

struct helperthread;
struct plugin;

/* By what they end with. */
enum background_group {
    BACKGROUND_INIT,  /* the script */
    BACKGROUND_ASYNC, /* the host's handler of async events is removed */
    BACKGROUND_EVERY, /* the capture closes */
    BACKGROUND_GROUPS
};

/* Of one script. */
struct background {
    struct poller poller; /* of all groups */
    struct task_group groups[BACKGROUND_GROUPS];
    unsigned turn; /* the group whose task runs next, if one is ready */
};

/* Of the plugin state, whichever script runs. */
struct background_thread {
    struct helperthread *thread; /* NULL: there is none */
    unsigned forks;              /* of the process that it is in (base/forks.h) */
    bool ends;                   /* it is to end */
    bool paused;                 /* it is not to be started */
};

/* NULL: out of memory. */
struct background *background_new(struct task_state *state);

/* The thread does not run, and all tasks are over. Ends the resources. NULL is allowed. */
void background_free(struct background *background);

/* When its next deadline is, by the script's clock; DEADLINE_NONE: there is none. `*busy`: one is reached, or
 * a task is ready. */
int64_t background_due(const struct background *background, bool *busy);

/* The script's clock was stopped or moved, or runs again. */
void background_look_again(struct background *background);

/* Cancels the tasks of a group and ends its resources; its tasks are called `callback` then. */
void background_cancel(struct plugin *plugin, enum background_group group, const char *callback);

/* The script was left half way through a call: its tasks are forgotten. */
void background_abandon(struct background *background);

/* Starts the thread, unless it is paused. False: no memory, or no thread. */
bool background_start(struct plugin *plugin);

/* Ends the thread, and waits for that. Called without the lock, as the next ones. */
void background_stop(struct plugin *plugin);

/* The same, if there is nothing left to run. */
void background_rest(struct plugin *plugin);

/* Ends the thread until background_go_on, which is called with the lock. What waits goes on afterwards. */
void background_pause(struct plugin *plugin);
void background_go_on(struct plugin *plugin);

#endif
