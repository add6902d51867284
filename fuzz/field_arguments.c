/*
 * field_arguments: fields with paths, with lure.ARG and with functions, asked with keys, indices, none and
 * huge ones, of events with JSON; every value is compared with a naive evaluation (field_arguments.lua).
 */
#include "luatarget.h"

LUA_TARGET("field_arguments", NULL, false)
