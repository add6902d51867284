/*
 * stkid: one way to use Lua's internal StkId and upvalue pointers in all releases of Lua 5.4.
 */
#ifndef LURE_LUA_STKID_H
#define LURE_LUA_STKID_H

#include "lobject.h"

/* They are members of a union since 5.4.6. */
#if LUA_VERSION_RELEASE_NUM >= 50406
#define AT(slot) ((slot).p)
#else
#define AT(slot) (slot)
#endif

#endif
