/*
 * json_eval: the documents of lure.json.parse in direct evaluation (lua/eval.h): without an object of Lua's.
 *
 * Only what is as easy as it is common: the text must be short, since nothing is remembered of it; a string
 * without escapes is its part of the text; floats, null, and what is no JSON are left to the function's call.
 */
#ifndef LURE_MODULES_JSON_EVAL_H
#define LURE_MODULES_JSON_EVAL_H

#include "lua/eval.h"

extern const struct eval_documents json_eval_documents;

#endif
