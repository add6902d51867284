/* budget by Lua's count hook, which counts instructions of each coroutine: each costs more while it is set.
 */
#include "lua/budget.h"

/* Instructions of one coroutine between two charges. */
#define INSTRUCTIONS 1000

/* NULL: it has none. */
static struct budget *budget_of(lua_State *L)
{
    void *ud;

    lua_getallocf(L, &ud);
    return ud;
}

static void charge_lj(lua_State *L, lua_Debug *activation)
{
    (void)activation;
    budget_charge_lj(L, (size_t)INSTRUCTIONS * BUDGET_OF_STEP);
}

void budget_open(lua_State *L, struct budget *budget, budget_look look_lj)
{
    *budget = (struct budget){.look_lj = look_lj};
    lua_sethook(L, charge_lj, LUA_MASKCOUNT, INSTRUCTIONS);
}

void budget_fill(lua_State *L)
{
    budget_of(L)->left = BUDGET_WINDOW;
    if (lua_gethookcount(L) == 1) {
        lua_sethook(L, charge_lj, LUA_MASKCOUNT, INSTRUCTIONS);
    }
}

void budget_empty(lua_State *L)
{
    budget_of(L)->left = 0;
    if (lua_gethookcount(L) != 1) { /* lua_sethook visits every call below */
        lua_sethook(L, charge_lj, LUA_MASKCOUNT, 1);
    }
}

void budget_charge_lj(lua_State *L, size_t units)
{
    struct budget *budget = budget_of(L);

    if (budget == NULL) {
        return;
    }
    if (budget->left > 0 && units < (size_t)budget->left) {
        budget->left -= (int)units;
    } else {
        budget->left = 0;
        budget->look_lj(L, units);
        budget_count(L, units);
    }
}

void budget_count(lua_State *L, size_t units)
{
    struct budget *budget = budget_of(L);

    if (budget == NULL) {
        return;
    }
    budget->left = budget->left > 0 && units < (size_t)budget->left ? budget->left - (int)units : 0;
}
