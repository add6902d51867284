/*
 * modules/time: the module lure.time: points in time as texts.
 *
 *   lure.time.parse(text [, format [, zone]]) -> ns since 1970; nil, why
 *   lure.time.format(ns [, format [, zone]]) -> text
 *
 * What the text is never throws; a format or a zone that means nothing does. Nothing depends on the locale or
 * on a database of time zones.
 */
#ifndef LURE_MODULES_TIME_H
#define LURE_MODULES_TIME_H

#include <lua.h>

/* Opens the module. Stack: [...] -> [module] */
int luaopen_lure_time(lua_State *L);

#endif
