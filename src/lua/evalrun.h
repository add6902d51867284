/*
 * evalrun: the evaluator of direct evaluation (lua/eval.h): registers, instructions, and a log to undo
 * writes.
 *
 * For eval.c only.
 */
#ifndef LURE_LUA_EVALRUN_H
#define LURE_LUA_EVALRUN_H

#include "lua/evalcode.h"
#include "lua/mathrandom.h"

#include "lprefix.h"
#include "lua/stkid.h"

#include "lobject.h"
#include "lopcodes.h"
#include "lstate.h"

#include <stdbool.h>

/* How many texts it may get from records, or join. */
#define TEXTS 4

/* Bytes of texts that it may join. */
#define JOINED 1024u

/* How often it may write. */
#define WRITES 8

/* Tags of values that are not Lua's: a struct eval_text, a struct eval_record. */
enum { TEXT_TAG = 14, RECORD_TAG = 15 };
_Static_assert((int)LUA_TOTALTYPES <= (int)TEXT_TAG, "Lua has no type of these numbers");

/* A write, and the value before it, to undo it. */
struct written {
    TValue *at;
    TValue before;
};

struct run {
    TValue registers[REGISTERS]; /* first, where an offset is a place */
    lua_State *L;
    const struct eval_known *known;
    struct eval_text texts[TEXTS];
    int text_count;
    char *joined; /* room for JOINED bytes, or NULL: it must not join texts */
    size_t joined_size;
    struct written *written; /* room for WRITES, or NULL: it must not write, nor draw random numbers */
    int write_count;
    struct mathrandom *drawn; /* the state of math.random, where it was called; and what it was before: */
    struct mathrandom drawn_before;
};

/* Begins one without arguments that neither joins texts nor, where `written` is NULL, writes. */
static inline void run_begin(lua_State *L, const struct eval_known *known, struct written *written,
                             struct run *run)
{
    run->L = L;
    run->known = known;
    run->text_count = 0;
    run->joined = NULL;
    run->joined_size = 0;
    run->written = written;
    run->write_count = 0;
    run->drawn = NULL;
}

/* What is kept at `place`. */
static inline const TValue *run_kept(lua_State *L, int place)
{
    return s2v(AT(L->ci->func) + place);
}

/* The bytes of a string or a text; `data` is NULL: it is neither. */
static inline struct eval_text text_of(const TValue *value)
{
    if (rawtt(value) == TEXT_TAG) {
        return *(const struct eval_text *)value->value_.p;
    }
    if (ttisstring(value)) {
        return (struct eval_text){getstr(tsvalue(value)), tsslen(tsvalue(value))};
    }
    return (struct eval_text){NULL, 0};
}

/* `from` stays where it is for as long as the function runs. */
void run_set_value(lua_State *L, TValue *to, const struct eval_value *from);

/* Evaluates the function. What it returns, valid for as long as the run; NULL: it must be called. */
const TValue *run_function(struct run *run, const struct eval_function *function);

#endif
