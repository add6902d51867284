/*
 * spawn: tasks that a script has made (task_spawn_lj of task/task.h), for who runs them.
 */
#ifndef LURE_TASK_SPAWN_H
#define LURE_TASK_SPAWN_H

#include "task/task.h"

#include <lua.h>
#include <stdbool.h>

/* Whether a task is one of these. */
bool spawn_is(const struct task *task);

/* To be called inside of its last slice's end, before it leaves its group: its results are on its coroutine.
 */
void spawn_returned(struct task *task);

/* The same where it threw: keeps the error for those that join it; `*joined`: one waits, which is known also
 * where memory is out. Stack: unchanged */
void spawn_failed_lj(lua_State *L, struct task *task, const char *error, bool *joined);

#endif
