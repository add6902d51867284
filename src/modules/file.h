/*
 * modules/file: the module lure.file: the lines of files that grow, and of files as they are.
 */
#ifndef LURE_MODULES_FILE_H
#define LURE_MODULES_FILE_H

#include "lua/eval.h"

#include <lua.h>
#include <stdbool.h>

struct memory_budget;

/* Opens the module; upvalues, light userdata: the log and the memory budget of the state. Stack: [...] ->
 * [module] */
int luaopen_lure_file(lua_State *L);

/*
 * For who calls such an iterator again and again (plugin/advance.c): if the function at `place` is that of
 * an open tail, passes the lines that were read already to `take`, as streamlines_advance does. True: it has
 * enough.
 */
bool file_tail_advance(lua_State *L, int place,
                       enum eval_taken (*take)(void *to, const struct eval_value *line), void *to);

/* Pushes its cursor behind the last line, if it is one. False: nothing is pushed. Stack: [] -> [cursor] */
bool file_tail_cursor_lj(lua_State *L, int place);

/* lure.file.lines(path [, options]); upvalue 1: the memory budget. */
int file_lines_lj(lua_State *L);

/* lure.file.list(folder), lure.file.stat(path) */
int file_list_lj(lua_State *L);
int file_stat_lj(lua_State *L);

/* lure.file.lookup(path [, options]); upvalues: the log, the memory budget. */
int file_lookup_lj(lua_State *L);

/* Make what these need. Stack: [] -> [] */
void file_lines_open_lj(lua_State *L);
void file_lookup_open_lj(lua_State *L);

#endif
