/*
 * bytecode: what Lua made of a text, for looking at.
 *
 * The Lua module `lure.bytecode`:
 *
 *   read(text, name) -> function | nil, message
 *
 * compiles the text with the program's own Lua, which is the library's, and runs nothing. A
 * function is a table; places are indexes of its instructions, from 1, registers count from 0:
 *
 *   line           where it begins; 0: the text itself
 *   instructions   list of { op = "GETFIELD", line =, a =, b =, c =, k = boolean,
 *                  sets = true where `a` is a register that gets a value,
 *                  to = the place that it jumps to }; `b` of those with one large operand
 *                  is that operand. Names and meanings are those of Lua's lopcodes.h
 *   constants      from 0: texts and numbers; false for all else, nil among it
 *   upvalues       from 0: { in_stack = of the enclosing function's registers, else of its
 *                  upvalues, index = }
 *   locals         list of { name =, from =, to = first and last place where it is seen }
 *   functions      from 0: those written in it
 */
#ifndef LURE_CLI_BYTECODE_H
#define LURE_CLI_BYTECODE_H

#include <lua.h>

LUAMOD_API int luaopen_lure_bytecode(lua_State *L);

#endif
