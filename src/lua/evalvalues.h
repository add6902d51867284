/*
 * evalvalues: the values of direct evaluation (lua/eval.h), and a log to undo writes.
 *
 * For eval.c, evalrun.c and evalvalues.c only.
 */
#ifndef LURE_LUA_EVALVALUES_H
#define LURE_LUA_EVALVALUES_H

#include "lua/evalcode.h"
#include "lua/integertext.h"
#include "lua/mathrandom.h"

#include "lprefix.h"
#include "lua/stkid.h"

#include "lobject.h"
#include "lstate.h"

#include <stdbool.h>

/* How many texts it may get from objects, or join, at a time. */
#define TEXTS 64

/* How many operations it may have in loops, about: what takes longer is called, under the time limit. */
#define LOOPED 65536u

/* Bytes of texts that it may join. */
#define JOINED 1024u

/* How often it may write. */
#define WRITES 8

/* Tags of values that are not Lua's: the list; a struct eval_text, which stands for a document, or for a
 * text; a struct eval_record; and the place in its text where an iteration goes on, or NULL. */
enum { LIST_TAG = 12, DOCUMENT_TAG, TEXT_TAG, RECORD_TAG, PLACE_TAG = LIST_TAG | 1 << 4 };
_Static_assert((int)LUA_TOTALTYPES <= (int)LIST_TAG, "Lua has no types of these numbers");

static inline bool is_foreign(const TValue *value)
{
    return novariant(rawtt(value)) >= LIST_TAG;
}

/* A write, and the value before it, to undo it. */
struct written {
    TValue *at;
    TValue before;
};

/* What a function that may write, draw random numbers and join texts has done of that. */
struct effects {
    struct written written[WRITES];
    int write_count;
    struct mathrandom *drawn; /* the state of math.random, where it was called; and what it was before: */
    struct mathrandom drawn_before;
    size_t joined_size;
    char joined[JOINED];
};

struct run {
    TValue registers[REGISTERS]; /* first, where an offset is a place */
    lua_State *L;
    const struct eval_known *known;
    struct effects *effects; /* NULL: it may have none */
    struct eval_list *list;  /* what it has made; or NULL */
    struct operation *next;  /* where a loop goes on */
    int text_count;
    unsigned looped; /* operations, in loops */
    struct eval_text texts[TEXTS];
};

/* Begins one without arguments. */
static inline void run_begin(lua_State *L, const struct eval_known *known, struct effects *effects,
                             struct run *run)
{
    run->L = L;
    run->known = known;
    run->effects = effects;
    run->list = NULL;
    run->text_count = 0;
    run->looped = 0;
}

/* What is kept at `place`. */
static inline const TValue *run_kept(lua_State *L, int place)
{
    return s2v(AT(L->ci->func) + place);
}

/* As Lua's stack is written: a copy in one go would have to wait for the two parts that were just stored. */
static inline void copy_value(TValue *to, const TValue *from)
{
    to->value_ = from->value_;
    settt_(to, rawtt(from));
}

static inline void set_foreign(TValue *to, int tag, const void *what)
{
    to->value_.p = (void *)(uintptr_t)what;
    settt_(to, tag);
}

/* `from` stays where it is for as long as the function runs. */
static inline void run_set_value(lua_State *L, TValue *to, const struct eval_value *from)
{
    if (from->kind == EVAL_TEXT) { /* the most common first */
        set_foreign(to, TEXT_TAG, &from->text);
    } else if (from->kind == EVAL_DOCUMENT) {
        set_foreign(to, DOCUMENT_TAG, &from->text);
    } else if (from->kind == EVAL_RECORD) {
        set_foreign(to, RECORD_TAG, from->record);
    } else if (from->kind == EVAL_INTEGER) {
        setivalue(to, from->integer);
    } else if (from->kind == EVAL_KEPT) {
        setobj(L, to, run_kept(L, from->place));
    } else if (from->kind == EVAL_BOOLEAN) {
        settt_(to, from->boolean ? LUA_VTRUE : LUA_VFALSE);
    } else {
        setnilvalue(to);
    }
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

/* What follows stores what it finds, and returns false where only Lua knows it. */

/* from.key, where that is no table. */
bool values_get_of_object(struct run *run, const TValue *from, const TString *key, TValue *to);

/* What a table has at `slot`, where no metatable has to say anything. */
static inline bool values_found(const Table *table, const TValue *slot, TValue *to)
{
    if (!isempty(slot)) {
        copy_value(to, slot);
        return true;
    }
    setnilvalue(to);
    return table->metatable == NULL;
}

/* from[key] */
bool values_get_key(struct run *run, const TValue *from, const TValue *key, TValue *to);

/* #of */
bool values_get_length(const TValue *of, TValue *to);

/* {} */
bool values_new_list(struct run *run, TValue *to);

/* list[key] = value, behind its end. */
bool values_append(const TValue *list, const TValue *key, const TValue *value);

/* ipairs(at + 1), at `at` */
bool values_iterate(const struct run *run, TValue *at);

/* The next of that, for a loop of so many operations: its number and itself at at + 4, nil at the end.
 * `recycles`: texts and documents that were made since the loop began are not used any more. */
bool values_next(struct run *run, TValue *at, unsigned operations, bool recycles);

/* Joins the values from `first` on, and stores the text there. */
bool values_join(struct run *run, TValue *first, int count);

/* Is it a function that reads an integer? */
static inline bool is_reader(const struct run *run, const TValue *function)
{
    return ttislcf(function) &&
           (fvalue(function) == run->known->tointeger || fvalue(function) == run->known->tonumber);
}

/* So many digits are an integer of Lua's, whatever they are. */
#define SAFE_DIGITS 18

/* What a function that reads an integer makes of the argument. False: only Lua knows. */
static inline bool read_integer(const TValue *argument, TValue *to)
{
    struct eval_text text = text_of(argument);
    uint64_t number;

    if (ttisinteger(argument)) {
        copy_value(to, argument);
        return true;
    }
    if (text.data == NULL || text.size > SAFE_DIGITS || !integer_read(text.data, text.size, &number)) {
        return false;
    }
    setivalue(to, (lua_Integer)number);
    return true;
}

/* Calls the function at `function`, one that reads no integer, with as many values behind it. */
bool values_call_otherwise(struct run *run, TValue *function, int count);

/* Calls the function at `function` with as many values behind it. */
static inline bool values_call(struct run *run, TValue *function, int count)
{
    return count == 1 && is_reader(run, function) ? read_integer(function + 1, function)
                                                  : values_call_otherwise(run, function, count);
}

/* Writes a value that Lua's collector has nothing to do with. */
static inline bool values_write(struct run *run, TValue *at, const TValue *value)
{
    struct effects *effects = run->effects;
    struct written *written;

    if (effects == NULL || effects->write_count == WRITES || iscollectable(value) || is_foreign(value)) {
        return false;
    }
    written = &effects->written[effects->write_count++];
    written->at = at;
    copy_value(&written->before, at);
    copy_value(at, value);
    return true;
}

/* What a comparison says; UNSURE: only Lua knows. */
enum truth { UNTRUE, TRUE, UNSURE };

enum truth values_equal(const TValue *a, const TValue *b);

#endif
