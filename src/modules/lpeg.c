#include "modules/lpeg.h"

#include "lpeg_re.h"

#include <lauxlib.h>

/* LPeg's name for the metatable of patterns. */
#define PATTERN "lpeg-pattern"

int luaopen_re(lua_State *L)
{
    static const char *const operators[] = {"__mul", "__add", "__pow", "__len", "__div", "__mod", "__unm"};

    luaL_requiref(L, "lpeg", luaopen_lpeg, 0); /* lpeg */
    if (luaL_loadbufferx(L, (const char *)lpeg_re, sizeof(lpeg_re), "=re", "t") !=
        LUA_OK) { /* lpeg, function */
        return lua_error(L);
    }
    lua_insert(L, -2);             /* function, lpeg */
    lua_newtable(L);               /* function, lpeg, operators */
    luaL_getmetatable(L, PATTERN); /* function, lpeg, operators, metatable */
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        lua_getfield(L, -1, operators[i]); /* function, lpeg, operators, metatable, function */
        lua_setfield(L, -3, operators[i]); /* function, lpeg, operators, metatable */
    }
    lua_pop(L, 1);     /* function, lpeg, operators */
    lua_call(L, 2, 1); /* module */
    return 1;
}
