/*
 * eventtypes: libscap's table of event types and the reading of parameters, for the program.
 *
 * The Lua module `lure.eventtypes`:
 *
 *   list() -> { { code =, symbol = "PPME_…", name =, unused =, old =, wide =,
 *                 parameters = { { name =, type = "fspath", size = or 0 }, … } }, … }     see
 * event/eventtable.h value(code, number, bytes) -> the parameter, counted from 1, as a script gets it
 * (event/parameters.h), or nil
 *   address(text) -> the 4 or 16 bytes of an IP address, or nil
 */
#ifndef LURE_CLI_EVENTTYPES_H
#define LURE_CLI_EVENTTYPES_H

#include <lua.h>

LUAMOD_API int luaopen_lure_eventtypes(lua_State *L);

#endif
