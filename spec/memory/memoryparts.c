/*
 * memoryparts: the library's own allocators in a Lua module, for what AddressSanitizer sees of their memory.
 */
#include "base/pool.h"
#include "lua/freelists.h"

#include <lauxlib.h>
#include <lua.h>

/* What AddressSanitizer says of the byte at `address`: "poisoned" or "usable"; nil: this build has none.
 * Stack: [] -> [text or nil] */
static void push_state(lua_State *L, const void *address)
{
#ifdef __SANITIZE_ADDRESS__
    lua_pushstring(L, __asan_address_is_poisoned(address) ? "poisoned" : "usable");
#else
    (void)address;
    lua_pushnil(L);
#endif
}

/* The states of the last of `size` bytes at `begin`, and of the one behind it. Stack: [] -> [last, behind] */
static int push_bound(lua_State *L, const char *begin, size_t size)
{
    push_state(L, begin + size - 1);
    push_state(L, begin + size);
    return 2;
}

/* pool(size): the bound of memory that a pool has handed out */
static int pool_lj(lua_State *L)
{
    const size_t size = (size_t)luaL_checkinteger(L, 1);
    struct pool pool = {.first = NULL};
    char *taken = pool_take(&pool, size);

    if (taken != NULL) {
        push_bound(L, taken, size); /* ..., last, behind */
    }
    pool_free(&pool);
    return taken != NULL ? 2 : luaL_error(L, "out of memory");
}

/* reset(size): the same memory when the pool has taken it back, and when it has handed it out again */
static int reset_lj(lua_State *L)
{
    const size_t size = (size_t)luaL_checkinteger(L, 1);
    struct pool pool = {.first = NULL};
    const char *taken = pool_take(&pool, size), *again;

    pool_reset(&pool, SIZE_MAX);
    push_state(L, taken); /* ..., state */
    again = pool_take(&pool, size);
    push_state(L, taken); /* ..., state, state */
    pool_free(&pool);
    return taken != NULL && again == taken ? 2 : luaL_error(L, "it is other memory");
}

/* block(size): the bound of a block for Lua */
static int block_lj(lua_State *L)
{
    const size_t size = (size_t)luaL_checkinteger(L, 1);
    struct freelists blocks = {.most = FREELISTS_KEPT};
    char *block = freelists_take(&blocks, size);

    if (block == NULL) {
        return luaL_error(L, "out of memory");
    }
    push_bound(L, block, size); /* ..., last, behind */
    freelists_give(&blocks, block, size);
    freelists_close(&blocks);
    return 2;
}

/* resized(from, to): the same when it has got another size */
static int resized_lj(lua_State *L)
{
    const size_t from = (size_t)luaL_checkinteger(L, 1), to = (size_t)luaL_checkinteger(L, 2);
    struct freelists blocks = {.most = FREELISTS_KEPT};
    void *block = freelists_take(&blocks, from);
    void *resized = block != NULL ? freelists_resize(&blocks, block, from, to) : NULL;

    if (resized == NULL) {
        return luaL_error(L, "out of memory");
    }
    push_bound(L, resized, to); /* ..., last, behind */
    freelists_give(&blocks, resized, to);
    freelists_close(&blocks);
    return 2;
}

__attribute__((visibility("default"))) int luaopen_memoryparts(lua_State *L);

int luaopen_memoryparts(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"pool", pool_lj}, {"reset", reset_lj}, {"block", block_lj}, {"resized", resized_lj}, {NULL, NULL}};

    luaL_newlib(L, functions);
#ifdef __SANITIZE_ADDRESS__
    lua_pushboolean(L, 1);
#else
    lua_pushboolean(L, 0);
#endif
    lua_setfield(L, -2, "sanitized");
    return 1;
}
