/*
 * evalrun: a pure function while it is carried out.
 *
 * Its values and its instructions. For eval.c, and for no one else.
 */
#ifndef LURE_LUA_EVALRUN_H
#define LURE_LUA_EVALRUN_H

#include "lua/eval.h"
#include "lua/mathrandom.h"

#include "lprefix.h"
#include "lua/stkid.h"

#include "lobject.h"
#include "lopcodes.h"
#include "lstate.h"

#include <stdbool.h>

/* What a function may use of Lua's stack. */
#define REGISTERS 16

/* How many texts it may get from records, or join. */
#define TEXTS 4

/* Bytes of those that it may join. */
#define JOINED 1024u

/* How often it may write. */
#define WRITES 8

/* Tags of values that Lua does not know: a struct eval_text, a struct eval_record. */
enum { TEXT_TAG = 14, RECORD_TAG = 15 };
_Static_assert((int)LUA_TOTALTYPES <= (int)TEXT_TAG, "Lua has no type of these numbers");

/* What was written, and what stood there before. */
struct written {
    TValue *at;
    TValue before;
};

struct run {
    lua_State *L;
    const LClosure *closure;
    const struct eval_known *known;
    TValue registers[REGISTERS];
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
static inline void run_begin(lua_State *L, const LClosure *function, const struct eval_known *known,
                             struct written *written, struct run *run)
{
    run->L = L;
    run->closure = function;
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

/* `from` stays where it is for as long as the function runs. */
void run_set_value(lua_State *L, TValue *to, const struct eval_value *from);

/* Carries the function out from `pc` on. False: it has to be called. */
bool run_from(struct run *run, const Instruction *pc, struct eval_value *result);

#endif
