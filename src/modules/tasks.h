/*
 * modules/tasks: the functions of `lure` that are about tasks (task/task.h).
 */
#ifndef LURE_MODULES_TASKS_H
#define LURE_MODULES_TASKS_H

#include <lua.h>

/* Adds them to the module. Stack: [module] unchanged */
void tasks_open_lj(lua_State *L);

#endif
