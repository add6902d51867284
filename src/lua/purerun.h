/*
 * purerun: a pure function while it is carried out.
 *
 * Its values and its instructions. For pure.c (one event) and purecolumns.c (many), and for no one else.
 */
#ifndef LURE_LUA_PURERUN_H
#define LURE_LUA_PURERUN_H

#include "lua/pure.h"

#include "lprefix.h"
#include "lua/slots.h"

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

/* Tags of values that Lua does not know: a struct pure_text, a struct pure_record. */
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
    const struct pure_known *known;
    TValue registers[REGISTERS];
    struct pure_text texts[TEXTS];
    int text_count;
    char *joined; /* room for JOINED bytes, or NULL: it must not join texts */
    size_t joined_size;
    struct written *written; /* room for WRITES, or NULL: it must not write */
    int write_count;
};

/* Begins one without arguments that neither joins texts nor, where `written` is NULL, writes. */
static inline void run_begin(lua_State *L, const LClosure *function, const struct pure_known *known,
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
}

/* What is kept at `place`. */
static inline const TValue *run_kept(lua_State *L, int place)
{
    return s2v(AT(L->ci->func) + place);
}

/* What a comparison says; UNSURE: only Lua knows. */
enum truth { UNTRUE, TRUE, UNSURE };

/* Carries the function out from `pc` on. False: it has to be called. */
bool run_from(struct run *run, const Instruction *pc, struct pure_value *result);

/* `from` stays where it is for as long as the function runs. */
void run_set_value(lua_State *L, TValue *to, const struct pure_value *from);

/* Makes a result of a value, which is no integer. False: it cannot be one. */
bool run_set_any_result(struct pure_value *result, const TValue *value);

/* The same of any. */
static inline bool run_set_result(struct pure_value *result, const TValue *value)
{
    if (ttisinteger(value)) {
        result->kind = PURE_INTEGER;
        result->integer = ivalue(value);
        return true;
    }
    return run_set_any_result(result, value);
}

/* Is it a function that is known? */
static inline bool run_knows(const struct run *run, const TValue *function)
{
    return ttislcf(function) &&
           (fvalue(function) == run->known->tointeger || fvalue(function) == run->known->tonumber);
}

/* What such a function makes of the argument. False: only Lua knows. */
bool run_integer(const TValue *argument, TValue *to);

/* The truth of a comparison, and of one with an integer that is part of the instruction. */
enum truth run_compare(OpCode operation, const TValue *a, const TValue *b);
enum truth run_compare_number(OpCode operation, const TValue *value, int integer);

/* Is it arithmetic? Behind each such instruction is one for the metamethod. */
static inline bool run_is_arithmetic(OpCode operation)
{
    return operation >= OP_ADDI && operation <= OP_SHR;
}

/* Follows the jump at `pc`; NULL: it goes back, as loops do. */
static inline const Instruction *run_jump(const Instruction *pc)
{
    int distance = GETARG_sJ(*pc);

    return distance >= 0 ? pc + 1 + distance : NULL;
}

/* What follows a condition: the jump behind it, or what is behind that. */
static inline const Instruction *run_follow(const Instruction *next, Instruction i, bool truth)
{
    return truth == GETARG_k(i) ? run_jump(next) : next + 1;
}

#endif
