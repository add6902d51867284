/*
 * regex: the module lure.regex, regular expressions (src/regex/regex.h).
 *
 * A match may take the time that the callback has: where it is over, the usual error is thrown. The memory of
 * patterns and matches is charged to the state's budget, and freed with the pattern, by the collector.
 */
#ifndef LURE_MODULES_REGEX_H
#define LURE_MODULES_REGEX_H

#include <lua.h>

/* Stack: [] -> [module]; upvalues: the state's log, its memory budget */
int luaopen_lure_regex(lua_State *L);

#endif
