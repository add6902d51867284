/*
 * payloadformat: reads the keys `format` and `inside` of a script: what its payloads are written in.
 */
#ifndef LURE_SCRIPT_PAYLOADFORMAT_H
#define LURE_SCRIPT_PAYLOADFORMAT_H

#include "format/format.h"
#include "script/findings.h"
#include "script/keys.h"

#include <lua.h>
#include <stdbool.h>

/* Reads them from the plugin table at `index` to `*format`, which stays NULL where it has neither, and can be
 * freed at any moment, if Lua throws. What is wrong goes to `findings`. Stack: unchanged */
void payloadformat_read_lj(lua_State *L, int index, const bool has[KEY_COUNT], struct format **format,
                           struct findings *findings);

#endif
