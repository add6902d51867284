/*
 * budgetsteps: how Lua's own sources charge the time budget (lua/budget.h). In lvm.c and those that
 * cmake/patch-lua-budget.cmake changes only; `L` may be any coroutine of the state.
 */
#ifndef LURE_LUA_BUDGETSTEPS_H
#define LURE_LUA_BUDGETSTEPS_H

#include "lua/budget.h"
#include "lua/stkid.h"

#include "lstate.h"

/* The units left; below 0 each step looks at the clock. */
#define BUDGET_LEFT(L) (G(L)->mainthread->hookcount)

/* Looks at the clock. */
__attribute__((visibility("hidden"), cold)) void budget_spent_lj(lua_State *L, size_t ahead);

/* The same in the Lua function `ci`, where `pc` is the next instruction. */
__attribute__((visibility("hidden"), cold)) void budget_step_lj(lua_State *L, CallInfo *ci,
                                                                const Instruction *pc);

/* A call or a jump in the loop of the VM. */
#define BUDGET_VM_STEP(L, ci, pc)                                                                            \
    (luai_unlikely((BUDGET_LEFT(L) -= BUDGET_OF_STEP) < 0) ? budget_step_lj(L, ci, pc) : (void)0)

/* A short step of a loop in C. It may throw. */
#define BUDGET_STEP(L)                                                                                       \
    (luai_unlikely((BUDGET_LEFT(L) -= BUDGET_OF_STEP) < 0) ? budget_spent_lj(L, 0) : (void)0)

/* Many units at once, before they are used. It may throw. */
#define BUDGET_CHARGE(L, units)                                                                              \
    do {                                                                                                     \
        const size_t charged_ = (units);                                                                     \
        if (luai_likely(BUDGET_LEFT(L) > 0 && charged_ < (size_t)BUDGET_LEFT(L))) {                          \
            BUDGET_LEFT(L) -= (int)charged_;                                                                 \
        } else {                                                                                             \
            budget_spent_lj(L, charged_);                                                                    \
        }                                                                                                    \
    } while (0)

/* Bytes that one call of memchr has passed; few are part of its caller's own step. It may throw. */
#define BUDGET_SCAN(L, bytes)                                                                                \
    do {                                                                                                     \
        const size_t scanned_ = (bytes);                                                                     \
        if (scanned_ > 256) {                                                                                \
            BUDGET_CHARGE(L, scanned_ / 16);                                                                 \
        }                                                                                                    \
    } while (0)

/* The same as BUDGET_CHARGE where nothing may be thrown; the next step looks at the clock. */
#define BUDGET_COUNT(L, units)                                                                               \
    do {                                                                                                     \
        const size_t counted_ = (units);                                                                     \
        BUDGET_LEFT(L) =                                                                                     \
            BUDGET_LEFT(L) > 0 && counted_ < (size_t)BUDGET_LEFT(L) ? BUDGET_LEFT(L) - (int)counted_ : 0;    \
    } while (0)

/* A long text is compared. `L` may be NULL. */
static inline void budget_count_text(lua_State *L, const TString *text)
{
    if (L != NULL && tsslen(text) > 1024) {
        BUDGET_COUNT(L, tsslen(text) / 16);
    }
}

/* As luaH_get, for keys that are long texts too. */
#define BUDGET_GET(table, key)                                                                               \
    (ttislngstring(key) ? budget_count_text(L, tsvalue(key)) : (void)0, luaH_get(table, key))

/* As luaV_rawequalobj. */
#define BUDGET_RAWEQUAL(a, b)                                                                                \
    (ttislngstring(b) ? budget_count_text(L, tsvalue(b)) : (void)0, luaV_rawequalobj(a, b))

/* In a loop over bytes: once in 4096 of them. */
#define BUDGET_BYTE(L, i) (((i)&4095) == 0 ? BUDGET_STEP_OF_BYTES(L) : (void)0)
#define BUDGET_STEP_OF_BYTES(L)                                                                              \
    (luai_unlikely((BUDGET_LEFT(L) -= 4096) < 0) ? budget_spent_lj(L, 0) : (void)0)

#endif
