/* Every function is called. */
#include "lua/pure.h"

void pure_know_lj(lua_State *L, struct pure_known *known)
{
    (void)L;
    *known = (struct pure_known){.tonumber = NULL};
}

const struct LClosure *pure_function(lua_State *L, int place)
{
    (void)L;
    (void)place;
    return NULL;
}

/* Without a function none of the others is asked. */

int pure_parameters(const struct LClosure *function)
{
    (void)function;
    return 0;
}

int pure_length(const struct LClosure *function)
{
    (void)function;
    return 0;
}

int pure_passes(const struct LClosure *function)
{
    (void)function;
    return PURE_ARGUMENTS;
}

bool pure_answer(lua_State *L, const struct LClosure *function, const struct pure_known *known,
                 const struct pure_value *arguments, int count, struct pure_value *result)
{
    (void)L, (void)function, (void)known, (void)arguments, (void)count, (void)result;
    return false;
}

bool pure_advance(lua_State *L, const struct LClosure *function, const struct pure_known *known, int place,
                  enum pure_taken (*take)(void *to, const struct pure_value *result), void *to)
{
    (void)L, (void)function, (void)known, (void)place, (void)take, (void)to;
    return false;
}
