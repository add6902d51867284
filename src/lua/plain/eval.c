/* eval without direct evaluation: every function is called. */
#include "lua/eval.h"

void eval_know_lj(lua_State *L, struct eval_known *known)
{
    (void)L;
    *known = (struct eval_known){.tonumber = NULL};
}

const struct LClosure *eval_function(lua_State *L, int place)
{
    (void)L;
    (void)place;
    return NULL;
}

/* Without a function none of the others is called. */

int eval_parameters(const struct LClosure *function)
{
    (void)function;
    return 0;
}

int eval_length(const struct LClosure *function)
{
    (void)function;
    return 0;
}

int eval_passes(const struct LClosure *function)
{
    (void)function;
    return EVAL_ARGUMENTS;
}

bool eval_answer(lua_State *L, const struct LClosure *function, const struct eval_known *known,
                 const struct eval_value *arguments, int count, struct eval_value *result)
{
    (void)L, (void)function, (void)known, (void)arguments, (void)count, (void)result;
    return false;
}

bool eval_advance(lua_State *L, const struct LClosure *function, const struct eval_known *known, int place,
                  enum eval_taken (*take)(void *to, const struct eval_value *result), void *to)
{
    (void)L, (void)function, (void)known, (void)place, (void)take, (void)to;
    return false;
}
