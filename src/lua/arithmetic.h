/*
 * arithmetic: what Lua's instructions compute of two integers, for pure functions (lua/eval.h).
 */
#ifndef LURE_LUA_ARITHMETIC_H
#define LURE_LUA_ARITHMETIC_H

#include "lobject.h"
#include "lopcodes.h"

#include <stdbool.h>

/* Carries `operation` out, one of OP_ADD to OP_SHR or OP_ADDK to OP_BXORK. False, with nothing stored: not of
 * these values, or not by 0. */
bool arithmetic(lua_State *L, OpCode operation, const TValue *left, const TValue *right, TValue *to);

#endif
