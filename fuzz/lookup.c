/*
 * lookup: any bytes as a file that lure.file.lookup reads, by lines or as CSV, against a naive reader
 * (lookup.lua).
 */
#include "luatarget.h"

LUA_TARGET("lookup", NULL, false)
