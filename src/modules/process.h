/*
 * process: the module lure.process: programs whose output tasks wait for.
 *
 *   lure.process.run(words [, options]) -> process
 *
 * A process is a userdata that begins with its bytestream, and a variable to be closed. Methods: lines(),
 * read([how]), wait(), kill([signal]), close(); `pid`. What was not waited for is ended by close, when it is
 * collected, and with the group of the task that made it: by SIGTERM, and SIGKILL later (process/reaper.h).
 */
#ifndef LURE_MODULES_PROCESS_H
#define LURE_MODULES_PROCESS_H

#include <lua.h>

/* For package.preload. Upvalue 1: the log of the state, a light userdata. Stack: [...] -> [..., module] */
int luaopen_lure_process(lua_State *L);

#endif
