/*
 * referencejson: a JSON decoder as simple as RFC 8259 allows, which fuzz targets compare others with.
 */
#ifndef LURE_FUZZ_REFERENCEJSON_H
#define LURE_FUZZ_REFERENCEJSON_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/* The value that lure.json.decode has to make of the text; false: it has to refuse it. `json` is the index of
 * lure.json. Stack: [] -> [value], or anything if false. Recurses: the text must not be long. */
bool referencejson_decode_lj(lua_State *L, int json, const char *text, size_t size);

enum numbers {
    NUMBERS_EXACT, /* 1 is not 1.0, and 0.0 not -0.0 */
    NUMBERS_EQUAL  /* and null may stand for infinity: what cJSON has */
};

/* True if both values are the same: type, number, members, whether a table is a list. */
bool referencejson_same(lua_State *L, int a, int b, enum numbers numbers);

#endif
