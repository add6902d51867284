#include "lua/budget.h"

#include "lprefix.h"
#include "lua/budgetsteps.h"

#include <limits.h>

void budget_open(lua_State *L, struct budget *budget, budget_look look_lj)
{
    lua_State *holder = G(L)->mainthread;

    (void)budget;
    holder->hook = (lua_Hook)(void (*)(void))look_lj; /* Lua calls it only if hookmask is set */
    BUDGET_LEFT(L) = 0;
}

void budget_fill(lua_State *L)
{
    BUDGET_LEFT(L) = BUDGET_WINDOW;
}

void budget_empty(lua_State *L)
{
    BUDGET_LEFT(L) = 0;
}

void budget_spent_lj(lua_State *L, size_t ahead)
{
    lua_State *holder = G(L)->mainthread;

    if (holder->hook == NULL || holder->hookmask != 0) { /* it has no budget, or a hook of a C module's */
        BUDGET_LEFT(L) = INT_MAX;
        return;
    }
    BUDGET_LEFT(L) = 0;
    ((budget_look)(void (*)(void))holder->hook)(L, ahead);
    BUDGET_COUNT(L, ahead);
}

void budget_step_lj(lua_State *L, CallInfo *ci, const Instruction *pc)
{
    const Instruction *const saved = ci->u.l.savedpc;
    const StkId top = AT(L->top);

    if (saved != pc) {
        ci->u.l.savedpc = pc + 1; /* after a jump errors are in the line that it goes to */
    }
    if (AT(L->top) < AT(ci->top)) {
        AT(L->top) = AT(ci->top); /* an error must not overwrite registers */
    }
    budget_spent_lj(L, 0);
    ci->u.l.savedpc = saved;
    AT(L->top) = top;
}

void budget_charge_lj(lua_State *L, size_t units)
{
    BUDGET_CHARGE(L, units);
}

void budget_count(lua_State *L, size_t units)
{
    BUDGET_COUNT(L, units);
}
