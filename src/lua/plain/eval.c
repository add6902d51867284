/* Every function is called. */
#include "lua/eval.h"

void eval_know_lj(lua_State *L, struct eval_known *known)
{
    (void)L;
    *known = (struct eval_known){.tonumber = NULL};
}

struct eval_function *eval_function_new(lua_State *L, int place)
{
    (void)L;
    (void)place;
    return NULL;
}

void eval_function_free(struct eval_function *function)
{
    (void)function;
}

/* Without a function none of the others is asked. */

size_t eval_function_size(const struct eval_function *function)
{
    (void)function;
    return 0;
}

int eval_parameters(const struct eval_function *function)
{
    (void)function;
    return 0;
}

int eval_length(const struct eval_function *function)
{
    (void)function;
    return 0;
}

bool eval_makes_lists(const struct eval_function *function)
{
    (void)function;
    return false;
}

struct eval_pass eval_passes(const struct eval_function *function)
{
    (void)function;
    return (struct eval_pass){.parameter = EVAL_ARGUMENTS};
}

bool eval_result(lua_State *L, struct eval_function *function, const struct eval_known *known,
                 const struct eval_value *arguments, int count, struct eval_value *result)
{
    (void)L, (void)function, (void)known, (void)arguments, (void)count, (void)result;
    return false;
}

bool eval_advance(lua_State *L, struct eval_function *function, const struct eval_known *known, int place,
                  enum eval_taken (*take)(void *to, const struct eval_value *result), void *to)
{
    (void)L, (void)function, (void)known, (void)place, (void)take, (void)to;
    return false;
}
