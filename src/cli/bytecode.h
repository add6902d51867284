/*
 * bytecode: disassembles Lua code, for the static checks of `lure check`.
 *
 * The Lua module `lure.bytecode`:
 *
 *   read(text, name) -> function | nil, message
 *
 * compiles the text with the Lua of this program, which is that of the library, and does not run it. A
 * function is a table; positions are indexes of its instructions, from 1, registers count from 0:
 *
 *   line           where it begins; 0: the text itself
 *   instructions   list of { op = "GETFIELD", line =, a =, b =, c =, k = boolean,
 *                  sets = true if `a` is a register that gets a value,
 *                  to = the position that it jumps to }; `b` of those with one large operand
 *                  is that operand. Names and meanings are those of Lua's lopcodes.h
 *   constants      from 0: texts and numbers; false for all others, nil included
 *   upvalues       from 0: { in_stack = of the enclosing function's registers, else of its
 *                  upvalues, index = }
 *   locals         list of { name =, from =, to = first and last position of its scope }
 *   functions      from 0: the functions inside of it
 */
#ifndef LURE_CLI_BYTECODE_H
#define LURE_CLI_BYTECODE_H

#include <lua.h>

LUAMOD_API int luaopen_lure_bytecode(lua_State *L);

#endif
