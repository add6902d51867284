/*
 * stkid: places in Lua's stack and in its upvalues, in the layout of the release that is built.
 */
#ifndef LURE_LUA_STKID_H
#define LURE_LUA_STKID_H

#include "lobject.h"

/* They are in a union since 5.4.6. */
#if LUA_VERSION_RELEASE_NUM >= 50406
#define AT(slot) ((slot).p)
#else
#define AT(slot) (slot)
#endif

#endif
