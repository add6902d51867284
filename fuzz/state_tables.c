/*
 * state_tables: two scripts and the host use the state tables of one script and the host's own at random, and
 * so does a model of them in Lua; what they see is the same (state_tables.lua).
 */
#include "luatarget.h"

LUA_TARGET("state_tables", NULL, true)
