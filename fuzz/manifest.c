/*
 * manifest: the table that a script returns, with each key and with right, wrong and odd values, loaded as a
 * host loads it (manifest.lua).
 */
#include "luatarget.h"

LUA_TARGET("manifest", NULL, false)
