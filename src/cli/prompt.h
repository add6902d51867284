/*
 * prompt: reads a line from a terminal, with completion and history if GNU readline or libedit is installed.
 *
 * Neither is needed to build or to run lure: the library is loaded when the prompt is opened.
 *
 * The Lua module `lure.prompt`:
 *
 *   open(complete) -> boolean     false: there is no such library. complete(line, begin, word)
 *                                 returns a list of completions of `word`, which begins after
 *                                 `begin` bytes of `line`
 *   read(text) -> line            prints `text` before it
 *                 nil             the end (Ctrl-D), or a signal came
 */
#ifndef LURE_CLI_PROMPT_H
#define LURE_CLI_PROMPT_H

#include <lua.h>

LUAMOD_API int luaopen_lure_prompt(lua_State *L);

#endif
