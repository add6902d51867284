/*
 * arithmetic: the integer arithmetic of Lua's VM instructions, for direct evaluation (lua/eval.h).
 */
#ifndef LURE_LUA_ARITHMETIC_H
#define LURE_LUA_ARITHMETIC_H

#include "lobject.h"
#include "lopcodes.h"

#include <stdbool.h>

/* Evaluates `operation`, one of OP_ADD to OP_SHR or OP_ADDK to OP_BXORK. False, with nothing stored: the
 * operands are no integers, or it is a division by 0. */
bool arithmetic(lua_State *L, OpCode operation, const TValue *left, const TValue *right, TValue *to);

#endif
