#include "lua/eval.h"

#include "lua/evalrun.h"

#include "lauxlib.h"

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
    lua_getglobal(L, "tonumber"); /* function */
    known->tonumber = reader_lj(L);
    lua_getglobal(L, "math");         /* math */
    lua_getfield(L, -1, "tointeger"); /* math, function */
    known->tointeger = reader_lj(L);
    lua_getfield(L, -1, "random"); /* math, function */
    known->random = mathrandom_function_lj(L);
    lua_pop(L, 1); /* */
}

const struct LClosure *eval_function(lua_State *L, int place)
{
    const TValue *function = run_kept(L, place);
    const Proto *code = ttisLclosure(function) ? clLvalue(function)->p : NULL;

    if (code == NULL || code->is_vararg || code->maxstacksize > REGISTERS ||
        code->numparams > EVAL_ARGUMENTS) {
        return NULL;
    }
    return clLvalue(function);
}

int eval_parameters(const struct LClosure *function)
{
    return function->p->numparams;
}

int eval_length(const struct LClosure *function)
{
    return function->p->sizecode;
}

int eval_passes(const struct LClosure *function)
{
    const Instruction first = function->p->code[0];
    int returned = GETARG_A(first);

    return GET_OPCODE(first) == OP_RETURN1 && returned < function->p->numparams ? returned : EVAL_ARGUMENTS;
}

bool eval_answer(lua_State *L, const struct LClosure *function, const struct eval_known *known,
                 const struct eval_value *arguments, int count, struct eval_value *result)
{
    struct run run;

    run_begin(L, function, known, NULL, &run);
    for (int i = 0; i < count; i++) {
        run_set_value(L, &run.registers[i], &arguments[i]);
    }
    return run_from(&run, function->p->code, result);
}

static void take_back(struct run *run)
{
    if (run->drawn != NULL) {
        *run->drawn = run->drawn_before;
    }
    while (run->write_count > 0) {
        const struct written *written = &run->written[--run->write_count];

        setobj(run->L, written->at, &written->before);
    }
}

bool eval_advance(lua_State *L, const struct LClosure *function, const struct eval_known *known, int place,
                  enum eval_taken (*take)(void *to, const struct eval_value *result), void *to)
{
    struct written written[WRITES];
    char joined[JOINED];
    struct run run;
    struct eval_value result;
    enum eval_taken taken;

    run_begin(L, function, known, written, &run);
    run.joined = joined;
    for (;;) {
        run.text_count = 0;
        run.joined_size = 0;
        run.registers[0] = *run_kept(L, place);
        taken = EVAL_REFUSED;
        if (run_from(&run, function->p->code, &result) &&
            (result.kind == EVAL_INTEGER || result.kind == EVAL_TEXT)) {
            taken = take(to, &result);
        }
        if (taken == EVAL_REFUSED) {
            take_back(&run);
            return false;
        }
        run.write_count = 0;
        run.drawn = NULL;
        if (taken == EVAL_ENOUGH) {
            return true;
        }
    }
}
