/*
 * timelimit: ends a call that has used init_config.lure.time, or is interrupted (interruption.h), by an error
 * that cannot be caught.
 *
 * The time begins with the first look at the clock in a call, which is within BUDGET_WINDOW units
 * (lua/budget.h). `clock` of the vm says which time counts.
 */
#ifndef LURE_SCRIPT_TIMELIMIT_H
#define LURE_SCRIPT_TIMELIMIT_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/* The error is "[FILE:LINE: ]stopped after 10 s (limit: init_config.lure.time)". */
#define TIME_LIMIT_NAME "init_config.lure.time"

/* Finds the innermost Lua function that runs: its `short_src` and `currentline`. False: there is none. */
bool timelimit_place(lua_State *L, lua_Debug *info);

/* The look at the clock of a vm's budget. */
void timelimit_look_lj(lua_State *L, size_t ahead);

#endif
