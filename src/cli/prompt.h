/*
 * prompt: a line that is typed on a terminal, with completion and history where the machine has
 * GNU readline or libedit.
 *
 * Neither is needed to build or to run lure: the library is looked for when the prompt is opened.
 *
 * The Lua module `lure.prompt`:
 *
 *   open(complete) -> boolean     false: there is no such library. complete(line, begin, word)
 *                                 answers a list of what may stand in place of `word`, which begins
 *                                 behind `begin` bytes of `line`
 *   read(text) -> line            with `text` before it
 *                 nil             the end (Ctrl-D), or a signal came
 */
#ifndef LURE_CLI_PROMPT_H
#define LURE_CLI_PROMPT_H

#include <lua.h>

LUAMOD_API int luaopen_lure_prompt(lua_State *L);

#endif
