#include "lua/lpegsteps.h"

#include "lprefix.h"
#include "lstate.h"

#include <lauxlib.h>

/* Bytes of the C stack that one look at a tree may take. */
#define MOST_STACK ((ptrdiff_t)1 << 20)

/* Calls of C functions that the functions of captures may still make. */
#define CALLS_LEFT 10

/* Units of the time budget. */
#define UNITS_OF_NODE    8
#define UNITS_OF_CAPTURE 64

static __thread struct {
    lua_State *L;
    const char *begin; /* of the C stack there */
    unsigned nodes;    /* that are not charged yet */
} current;

void lpegsteps_enter(lua_State *L)
{
    current.L = L;
    current.begin = __builtin_frame_address(0);
}

void lpegsteps_nodes_lj(size_t count)
{
    if (current.begin - (const char *)__builtin_frame_address(0) > MOST_STACK) {
        luaL_error(current.L, "pattern is nested too deeply, or has too many alternatives");
    }
    budget_charge_lj(current.L, count * UNITS_OF_NODE);
}

void lpegsteps_node_lj(void)
{
    if (++current.nodes % 16 == 0) {
        lpegsteps_nodes_lj(16);
    }
}

void lpegsteps_deeper_lj(lua_State *L)
{
    budget_charge_lj(L, UNITS_OF_CAPTURE);
    if (getCcalls(L) >= LUAI_MAXCCALLS - CALLS_LEFT) {
        luaL_error(L, "subcapture nesting too deep");
    }
    L->nCcalls++;
}

void lpegsteps_back(lua_State *L)
{
    L->nCcalls--;
}
