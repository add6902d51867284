/*
 * memoryparts: the library's own allocators in a Lua module, for what AddressSanitizer sees of their memory.
 */
#include "base/freelists.h"
#include "base/pool.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#ifdef __SANITIZE_ADDRESS__
/* gcc has no header for these */
size_t __sanitizer_get_allocated_size(const volatile void *block);
int __sanitizer_install_malloc_and_free_hooks(void (*taken)(const volatile void *block, size_t size),
                                              void (*given)(const volatile void *block));
#endif

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

/* ---- the budget ---- */

/* Stack: [] -> [does it fit, bytes charged meanwhile, bytes charged in the end] */
static int push_charges(lua_State *L, bool fits, size_t meanwhile, const struct memory_budget *budget)
{
    lua_pushboolean(L, fits);
    lua_pushinteger(L, (lua_Integer)meanwhile);
    lua_pushinteger(L, (lua_Integer)(budget->used + budget->shared));
    return 3;
}

/* taken(limit, size): a block */
static int taken_lj(lua_State *L)
{
    struct memory_budget budget = {.limit = (size_t)luaL_checkinteger(L, 1)};
    const size_t size = (size_t)luaL_checkinteger(L, 2);
    void *block = memory_take(&budget, size);
    const size_t used = budget.used;

    memory_give(&budget, block, size);
    return push_charges(L, block != NULL, used, &budget);
}

/* cut(limit, size, count): so many blocks for Lua, each of which keeps its bytes */
static int cut_lj(lua_State *L)
{
    struct memory_budget budget = {.limit = (size_t)luaL_checkinteger(L, 1)};
    const size_t size = (size_t)luaL_checkinteger(L, 2), count = (size_t)luaL_checkinteger(L, 3);
    struct freelists blocks;
    char **taken = lua_newuserdatauv(L, (count + 1) * sizeof(*taken), 0); /* ..., blocks */
    size_t had = 0, whole = 0, used;

    freelists_open(&blocks, &budget, FREELISTS_KEPT);
    while (had < count && (taken[had] = freelists_take(&blocks, size)) != NULL) {
        memset(taken[had], (int)(had % 256), size);
        had++;
    }
    used = budget.used;
    while (whole < had && taken[whole][0] == (char)whole && taken[whole][size - 1] == (char)whole) {
        whole++;
    }
    for (size_t i = 0; i < had; i++) {
        freelists_give(&blocks, taken[i], size);
    }
    freelists_close(&blocks);
    return push_charges(L, whole == count, used, &budget);
}

/* grown(limit, from, to): a block that gets another size, and keeps its bytes */
static int grown_lj(lua_State *L)
{
    struct memory_budget budget = {.limit = (size_t)luaL_checkinteger(L, 1)};
    const size_t from = (size_t)luaL_checkinteger(L, 2), to = (size_t)luaL_checkinteger(L, 3);
    char *block = memory_take(&budget, from), *other;
    size_t used;

    if (block == NULL) {
        return push_charges(L, false, 0, &budget);
    }
    block[0] = 'b';
    other = memory_resize(&budget, block, from, to);
    used = budget.used;
    if ((other != NULL ? other : block)[0] != 'b') {
        return luaL_error(L, "the bytes are gone");
    }
    memory_give(&budget, other != NULL ? other : block, other != NULL ? to : from);
    return push_charges(L, other != NULL, used, &budget);
}

/* both(limit, own, shared): charges of the state, and of its tables */
static int both_lj(lua_State *L)
{
    struct memory_budget budget = {.limit = (size_t)luaL_checkinteger(L, 1)};
    const size_t own = (size_t)luaL_checkinteger(L, 2), shared = (size_t)luaL_checkinteger(L, 3);
    const bool first = memory_charge(&budget, own), second = memory_charge_shared(&budget, shared);
    const size_t used = budget.used + budget.shared;

    memory_release(&budget, first ? own : 0);
    memory_release_shared(&budget, second ? shared : 0);
    return push_charges(L, first && second, used, &budget);
}

/* Gives back 100 bytes: garbage. */
static void reclaim(void *owner)
{
    memory_release(owner, 100);
}

/* collected(limit, size): a charge beside 100 bytes of garbage */
static int collected_lj(lua_State *L)
{
    struct memory_budget budget = {.limit = (size_t)luaL_checkinteger(L, 1), .used = 100};
    const size_t size = (size_t)luaL_checkinteger(L, 2);
    bool fits;

    budget.reclaim = reclaim;
    budget.owner = &budget;
    fits = memory_charge(&budget, size);
    return push_charges(L, fits, budget.used, &budget);
}

#ifdef __SANITIZE_ADDRESS__
static size_t held, most;

static void taken(const volatile void *block, size_t size)
{
    (void)block;
    held += size;
    most = held > most ? held : most;
}

static void given(const volatile void *block)
{
    size_t size = __sanitizer_get_allocated_size(block);

    held -= size < held ? size : held;
}
#endif

/* watch(): counts from now on what is allocated in the process */
static int watch_lj(lua_State *L)
{
#ifdef __SANITIZE_ADDRESS__
    held = most = 0;
    __sanitizer_install_malloc_and_free_hooks(taken, given);
#endif
    (void)L;
    return 0;
}

/* watched(): the most bytes that were allocated at once since then */
static int watched_lj(lua_State *L)
{
#ifdef __SANITIZE_ADDRESS__
    lua_pushinteger(L, (lua_Integer)most); /* most */
#else
    lua_pushinteger(L, 0); /* 0 */
#endif
    return 1;
}

__attribute__((visibility("default"))) int luaopen_memoryparts(lua_State *L);

int luaopen_memoryparts(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"pool", pool_lj},   {"reset", reset_lj},     {"block", block_lj}, {"resized", resized_lj},
        {"taken", taken_lj}, {"grown", grown_lj},     {"both", both_lj},   {"collected", collected_lj},
        {"watch", watch_lj}, {"watched", watched_lj}, {"cut", cut_lj},     {NULL, NULL}};

    luaL_newlib(L, functions);
#ifdef __SANITIZE_ADDRESS__
    lua_pushboolean(L, 1);
#else
    lua_pushboolean(L, 0);
#endif
    lua_setfield(L, -2, "sanitized");
    lua_pushinteger(L, FREELISTS_KEPT > 0 ? FREELISTS_CHUNK : 0);
    lua_setfield(L, -2, "chunk");
    return 1;
}
