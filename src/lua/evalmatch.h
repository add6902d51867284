/*
 * evalmatch: string.match in direct evaluation (lua/eval.h): the patterns that most functions have.
 *
 * These are bytes, `.`, classes and sets, at most MATCH_ITEMS of them, each repeated by `*`, `+`, `-`, `?` or
 * not, with at most one capture, anchored or not. What they match is what string.match says. All other
 * patterns, and those that are malformed, are left to it, and so is what takes too many steps.
 *
 * Nothing is allocated, and nothing but the two texts is read. Any thread.
 */
#ifndef LURE_LUA_EVALMATCH_H
#define LURE_LUA_EVALMATCH_H

#include "lua/eval.h"

#include <stdbool.h>

#define MATCH_ITEMS 16

/* What string.match(text, pattern) returns: `found`, a part of the text, whose `data` is NULL where it is
 * nil. False: only Lua knows, or `*steps`, which are counted on, reach `most`: one for each byte or so. */
bool evalmatch_find(const struct eval_text *text, const struct eval_text *pattern, unsigned most,
                    unsigned *steps, struct eval_text *found);

#endif
