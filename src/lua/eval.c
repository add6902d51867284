#include "lua/eval.h"

#include "lua/evalrun.h"

#include "lauxlib.h"

#include <stdlib.h>

/* Instructions; of longer ones most would be decoded for nothing. */
#define LONGEST_FUNCTION 4096

/* Does the function at the top make an integer of "8"? Stack: [function] -> [] */
static lua_CFunction reader_lj(lua_State *L)
{
    lua_CFunction function = lua_tocfunction(L, -1);
    bool reads = function != NULL && lua_getupvalue(L, -1, 1) == NULL;

    if (reads) {
        lua_pushliteral(L, "8"); /* function, text */
        lua_call(L, 1, 1);       /* number */
        reads = lua_isinteger(L, -1) && lua_tointeger(L, -1) == 8;
    }
    lua_pop(L, 1); /* */
    return reads ? function : NULL;
}

void eval_know_lj(lua_State *L, struct eval_known *known)
{
    lua_getglobal(L, "ipairs"); /* function */
    known->ipairs = lua_tocfunction(L, -1);
    lua_pop(L, 1);            /* */
    lua_getglobal(L, "type"); /* function */
    known->type = lua_tocfunction(L, -1);
    lua_pop(L, 1);                /* */
    lua_getglobal(L, "string");   /* string */
    lua_getfield(L, -1, "match"); /* string, function */
    known->match = lua_tocfunction(L, -1);
    lua_pop(L, 2);                /* */
    lua_getglobal(L, "tonumber"); /* function */
    known->tonumber = reader_lj(L);
    lua_getglobal(L, "math");         /* math */
    lua_getfield(L, -1, "tointeger"); /* math, function */
    known->tointeger = reader_lj(L);
    lua_getfield(L, -1, "random"); /* math, function */
    known->random = mathrandom_function_lj(L);
    lua_pop(L, 1); /* */
}

struct eval_function *eval_function_new(lua_State *L, int place)
{
    const TValue *value = run_kept(L, place);
    const Proto *code = ttisLclosure(value) ? clLvalue(value)->p : NULL;
    struct eval_function *function;

    if (code == NULL || code->is_vararg || code->maxstacksize > REGISTERS ||
        code->numparams > EVAL_ARGUMENTS || code->sizecode > LONGEST_FUNCTION) {
        return NULL;
    }
    function = malloc(sizeof(*function) + ((size_t)code->sizecode + 2) * sizeof(function->operations[0]));
    if (function != NULL) {
        function->closure = clLvalue(value);
        function->length = code->sizecode;
        evalcode_decode(function);
        run_prepare(function);
    }
    return function;
}

size_t eval_function_size(const struct eval_function *function)
{
    return sizeof(*function) + ((size_t)function->length + 2) * sizeof(function->operations[0]);
}

void eval_function_free(struct eval_function *function)
{
    free(function);
}

int eval_parameters(const struct eval_function *function)
{
    return function->closure->p->numparams;
}

int eval_length(const struct eval_function *function)
{
    return function->length;
}

bool eval_makes_lists(const struct eval_function *function)
{
    int place = 0;

    while (place < function->length && function->operations[place].kind != DO_NEW_LIST) {
        place++;
    }
    return place < function->length;
}

struct eval_pass eval_passes(const struct eval_function *function)
{
    const struct operation *first = function->operations;
    bool data = first->kind == DO_GET_DATA;
    const struct operation *end = first + data;
    size_t parameter = (data ? first->b : first->a) / sizeof(TValue);

    if (end->kind != DO_RETURN || end->a != first->a || (int)parameter >= eval_parameters(function)) {
        return (struct eval_pass){.parameter = EVAL_ARGUMENTS};
    }
    return (struct eval_pass){.parameter = (int)parameter, .data = data};
}

/* Makes a result of a value, which is no integer. False: it cannot be one. */
static bool set_any_result(struct eval_value *result, const TValue *value)
{
    switch (rawtt(value)) {
    case LIST_TAG:
        *result = (struct eval_value){.kind = EVAL_LIST, .list = value->value_.p};
        return true;
    case DOCUMENT_TAG:
        *result =
            (struct eval_value){.kind = EVAL_DOCUMENT, .text = *(const struct eval_text *)value->value_.p};
        return true;
    case LUA_VNIL:
        *result = (struct eval_value){.kind = EVAL_NIL};
        return true;
    case LUA_VFALSE:
    case LUA_VTRUE:
        *result = (struct eval_value){.kind = EVAL_BOOLEAN, .boolean = rawtt(value) == LUA_VTRUE};
        return true;
    default:
        *result = (struct eval_value){.kind = EVAL_TEXT, .text = text_of(value)};
        return result->text.data != NULL;
    }
}

/* The same of any; NULL: there is none. */
static inline bool set_result(struct eval_value *result, const TValue *value)
{
    if (value == NULL) {
        return false;
    }
    if (ttisinteger(value)) {
        result->kind = EVAL_INTEGER;
        result->integer = ivalue(value);
        return true;
    }
    return set_any_result(result, value);
}

bool eval_result(lua_State *L, struct eval_function *function, const struct eval_known *known,
                 const struct eval_value *arguments, int count, struct eval_value *result)
{
    struct run run;

    run_begin(L, known, NULL, &run);
    for (int i = 0; i < count; i++) {
        run_set_value(L, &run.registers[i], &arguments[i]);
    }
    return set_result(result, run_function(&run, function));
}

static void take_back(struct effects *effects)
{
    if (effects->drawn != NULL) {
        *effects->drawn = effects->drawn_before;
    }
    while (effects->write_count > 0) {
        const struct written *written = &effects->written[--effects->write_count];

        copy_value(written->at, &written->before);
    }
}

bool eval_advance(lua_State *L, struct eval_function *function, const struct eval_known *known, int place,
                  enum eval_taken (*take)(void *to, const struct eval_value *result), void *to)
{
    struct effects effects;
    struct run run;
    struct eval_value result;
    enum eval_taken taken;

    do {
        run_begin(L, known, &effects, &run);
        effects.write_count = 0;
        effects.drawn = NULL;
        effects.joined_size = 0;
        run.registers[0] = *run_kept(L, place);
        taken = EVAL_REFUSED;
        if (set_result(&result, run_function(&run, function)) &&
            (result.kind == EVAL_INTEGER || result.kind == EVAL_TEXT)) {
            taken = take(to, &result);
        }
    } while (taken == EVAL_MORE);
    if (taken == EVAL_REFUSED) {
        take_back(&effects);
    }
    return taken == EVAL_ENOUGH;
}
