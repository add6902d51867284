/*
 * eval: direct evaluation of side-effect-free Lua functions: their bytecode, without entering Lua's VM.
 *
 * Many a field's function does no more than `return event_value.user.name`. A function like that (short,
 * without loops, with assignments to locals only) is evaluated here on a small register file. No protected
 * call is needed, since nothing here throws or allocates; only eval_advance, for functions that count and
 * join texts, has side effects, and undoes them where it is abandoned. Anything out of the ordinary (a
 * metatable, a float, text that would be a number, a call of most functions) abandons the evaluation: then
 * the caller calls the function from its beginning, so the result is always what Lua returns. In
 * src/lua/plain every evaluation is abandoned.
 */
#ifndef LURE_LUA_EVAL_H
#define LURE_LUA_EVAL_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct eval_function; /* one of Lua's, as it is evaluated */

enum eval_kind {
    EVAL_NIL,
    EVAL_BOOLEAN,
    EVAL_INTEGER,
    EVAL_TEXT,     /* a string, or bytes that stand for one */
    EVAL_KEPT,     /* a value at the bottom of the state's main stack (lua/fastapi.h); an argument only */
    EVAL_RECORD,   /* an object in C; an argument only */
    EVAL_DOCUMENT, /* of lure.json.parse; `text` is what it is in from its bracket on */
    EVAL_LIST      /* a new table, a list; a result only */
};

struct eval_text {
    const char *data;
    size_t size;
};

struct eval_value {
    enum eval_kind kind;
    union {
        bool boolean;
        int64_t integer;
        int place; /* EVAL_KEPT */
        const struct eval_record *record;
        const struct eval_list *list;
        struct eval_text text;
    };
};

/* Stands for an object with an `__index`: `get` is that in C. False: the function must be called. */
struct eval_record {
    bool (*get)(const void *of, const char *key, struct eval_value *value);
    const void *of;
    struct eval_text data; /* its member "data", the most frequent one; NULL: `get` returns it */
};

#define EVAL_LIST_ROOM 256

/* The elements are integers, booleans, and texts. */
struct eval_list {
    int count;
    struct eval_value values[EVAL_LIST_ROOM];
};

/* How documents are made of a text and read (modules/json_eval.c). False: the function must be called. */
struct eval_documents {
    lua_CFunction parse; /* the function that makes them; and what it does: */
    bool (*open)(const struct eval_text *text, struct eval_value *value);
    bool (*member)(const struct eval_text *document, const char *key, size_t length,
                   struct eval_value *value);
    bool (*element)(const struct eval_text *document, lua_Integer number, struct eval_value *value);
    /* The place of the first element; NULL: there is none. */
    const char *(*begin)(const struct eval_text *document);
    /* The element at `*place`, which becomes the place of the next, or NULL. */
    bool (*next)(const struct eval_text *document, const char **place, struct eval_value *value);
};

/* Whether evaluation of a function is worthwhile: one that was abandoned often in a row is not tried again. A
 * failure weighs as much as EVAL_WEIGHT successes. All zero: no failures. */
struct eval_history {
    unsigned failures;
};

#define EVAL_WEIGHT 4u

static inline bool eval_is_tried(const struct eval_history *history)
{
    return history->failures < 4 * EVAL_WEIGHT;
}

static inline void eval_failed(struct eval_history *history)
{
    history->failures += EVAL_WEIGHT;
}

static inline void eval_succeeded(struct eval_history *history, uint64_t often)
{
    history->failures = often < history->failures ? history->failures - (unsigned)often : 0;
}

/* Functions of Lua's library that are evaluated, as they were before the script could replace them. */
struct eval_known {
    lua_CFunction tointeger, tonumber, random, ipairs, type, match; /* NULL: it is not as we know it */
    const struct eval_documents *documents;                         /* or NULL */
    struct eval_list *list; /* the room for a result; NULL: none is a list */
};

/* Finds the functions in a state that has its libraries and nothing else. Stack: unchanged */
void eval_know_lj(lua_State *L, struct eval_known *known);

/* The most parameters that such a function has. */
#define EVAL_ARGUMENTS 4

/* The function at `place`, to be used for as long as the script has it, and given to eval_function_free.
 * NULL: it is none for eval_result, or memory is out. */
struct eval_function *eval_function_new(lua_State *L, int place);

/* The bytes that it takes. */
size_t eval_function_size(const struct eval_function *function);

void eval_function_free(struct eval_function *function); /* or NULL */

/* How many it has. */
int eval_parameters(const struct eval_function *function);

/* How many instructions. */
int eval_length(const struct eval_function *function);

/* Does it make lists? That needs room for one (eval_known.list). */
bool eval_makes_lists(const struct eval_function *function);

/* What a function is that needs no evaluation: it returns a parameter as it is, or the member "data" of one.
 */
struct eval_pass {
    int parameter; /* from 0; EVAL_ARGUMENTS: it does something else */
    bool data;
};

struct eval_pass eval_passes(const struct eval_function *function);

/*
 * What such a function returns for its arguments, `count` of them, as many as it has parameters: one value,
 * EVAL_TEXT and the kinds before it, a document, or a list. A text is valid until Lua runs again, or the
 * argument that it is from is gone; a list until the next evaluation. False: call it.
 */
bool eval_result(lua_State *L, struct eval_function *function, const struct eval_known *known,
                 const struct eval_value *arguments, int count, struct eval_value *result);

/* What is to be done after a result: go on, stop, or stop and have Lua return it once more. */
enum eval_taken { EVAL_MORE, EVAL_ENOUGH, EVAL_REFUSED };

/*
 * The same again and again for a function of at most one parameter, the value kept at `place`, which may also
 * count (give fields that are there, and variables outside of it, another number, truth or nil) and join
 * texts and integers with `..`, to 1 KB in all. What it returns, an integer or a text, is handed to `take`,
 * before Lua could free the text. True: `take` had enough. False: it has to be called for what comes next;
 * nothing was changed for that.
 */
bool eval_advance(lua_State *L, struct eval_function *function, const struct eval_known *known, int place,
                  enum eval_taken (*take)(void *to, const struct eval_value *result), void *to);

#endif
