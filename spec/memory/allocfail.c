/*
 * allocfail: makes chosen calls of malloc fail.
 *
 * To be preloaded: its malloc and the like fail for calls that come from liblure*.so, and for
 * no others. Also a Lua module, by way of package.loadlib and luaopen_allocfail:
 *
 *   allocfail.arm(first, count)   the calls number `first` to `first + count - 1` from now on fail
 *   allocfail.disarm() -> number of calls since arm, number of those that failed
 *   allocfail.held() -> how many of the blocks taken between arm and disarm were not given back yet, and
 * where the library has taken one of them: an address in its file allocfail.descriptors() -> how many
 * descriptors the process has open
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* glibc's own, under the names that it keeps for interposers */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

/* Of all below: threads of the library allocate, too. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static bool armed;
static unsigned long calls, first, last, failed;

#define REMEMBERED 1024u

/* Return addresses seen since arm(), because dladdr takes long. */
static struct {
    const void *address;
    bool ours;
} seen[REMEMBERED];

static bool is_ours(const void *address)
{
    size_t place = ((uintptr_t)address >> 2) % REMEMBERED;
    Dl_info info;

    if (seen[place].address != address) {
        seen[place].address = address;
        seen[place].ours = dladdr(address, &info) != 0 && info.dli_fname != NULL &&
                           strstr(info.dli_fname, "/liblure") != NULL;
    }
    return seen[place].ours;
}

#define PLACES (1u << 17)

/* Blocks taken since arm(), and those given back (GONE). */
static void *blocks[PLACES];
static const void *takers[PLACES];
static unsigned long held;
static char gone;
#define GONE ((void *)&gone)

static size_t place_of(const void *block)
{
    return (size_t)(((uintptr_t)block >> 4) * UINT64_C(0x9E3779B97F4A7C15) >> 40) % PLACES;
}

/* Remembers a block that the library has taken. */
static void *take(void *block, const void *caller)
{
    size_t place = place_of(block);

    if (block == NULL || !__atomic_load_n(&armed, __ATOMIC_RELAXED)) {
        return block;
    }
    pthread_mutex_lock(&lock);
    if (is_ours(caller) && held < PLACES / 2) {
        while (blocks[place] != NULL && blocks[place] != GONE) {
            place = (place + 1) % PLACES;
        }
        blocks[place] = block;
        takers[place] = caller;
        held++;
    }
    pthread_mutex_unlock(&lock);
    return block;
}

static void give_back(const void *block)
{
    size_t place = place_of(block);

    if (block == NULL || __atomic_load_n(&held, __ATOMIC_RELAXED) == 0) {
        return;
    }
    pthread_mutex_lock(&lock);
    for (; held > 0 && blocks[place] != NULL; place = (place + 1) % PLACES) {
        if (blocks[place] == block) {
            blocks[place] = GONE;
            held--;
            break;
        }
    }
    pthread_mutex_unlock(&lock);
}

static bool fails(const void *caller)
{
    bool does = false;

    if (!__atomic_load_n(&armed, __ATOMIC_RELAXED)) {
        return false;
    }
    pthread_mutex_lock(&lock);
    if (is_ours(caller)) {
        calls++;
        does = calls >= first && calls <= last;
        failed += does;
    }
    pthread_mutex_unlock(&lock);
    if (does) {
        errno = ENOMEM;
    }
    return does;
}

#define CALLER __builtin_return_address(0)

void *malloc(size_t size)
{
    return fails(CALLER) ? NULL : take(__libc_malloc(size), CALLER);
}

void *calloc(size_t count, size_t size)
{
    return fails(CALLER) ? NULL : take(__libc_calloc(count, size), CALLER);
}

void *realloc(void *block, size_t size)
{
    const bool does = fails(CALLER);
    void *moved;

    if (does) {
        return NULL;
    }
    give_back(block); /* before another thread can get it */
    moved = __libc_realloc(block, size);
    if (moved != NULL) {
        take(moved, CALLER);
    }
    return moved;
}

void free(void *block)
{
    give_back(block);
    __libc_free(block);
}

char *strndup(const char *text, size_t size)
{
    size_t length = strnlen(text, size);
    char *copy = fails(CALLER) ? NULL : take(__libc_malloc(length + 1), CALLER);

    if (copy != NULL) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

char *strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = fails(CALLER) ? NULL : take(__libc_malloc(size), CALLER);

    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

char *realpath(const char *restrict path, char *restrict resolved)
{
    char *(*next)(const char *, char *) = (char *(*)(const char *, char *))dlsym(RTLD_NEXT, "realpath");

    return fails(CALLER) ? NULL : next(path, resolved);
}

char *getcwd(char *buffer, size_t size)
{
    char *(*next)(char *, size_t) = (char *(*)(char *, size_t))dlsym(RTLD_NEXT, "getcwd");

    return fails(CALLER) ? NULL : next(buffer, size);
}

FILE *fopen(const char *restrict path, const char *restrict mode)
{
    FILE *(*next)(const char *, const char *) =
        (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, "fopen");

    return fails(CALLER) ? NULL : next(path, mode);
}

static int arm_lj(lua_State *L)
{
    pthread_mutex_lock(&lock);
    first = (unsigned long)luaL_checkinteger(L, 1);
    last = first + (unsigned long)luaL_checkinteger(L, 2) - 1;
    memset(seen, 0, sizeof(seen));
    memset(blocks, 0, sizeof(blocks));
    calls = failed = held = 0;
    __atomic_store_n(&armed, true, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&lock);
    return 0;
}

static int disarm_lj(lua_State *L)
{
    __atomic_store_n(&armed, false, __ATOMIC_RELAXED);
    pthread_mutex_lock(&lock);
    lua_pushinteger(L, (lua_Integer)calls);  /* calls */
    lua_pushinteger(L, (lua_Integer)failed); /* calls, failed */
    pthread_mutex_unlock(&lock);
    return 2;
}

static int held_lj(lua_State *L)
{
    const void *taker = NULL;
    lua_Integer count;
    Dl_info info;

    pthread_mutex_lock(&lock);
    count = (lua_Integer)held;
    for (size_t i = 0; i < PLACES && count > 0 && taker == NULL; i++) {
        taker = blocks[i] != NULL && blocks[i] != GONE ? takers[i] : NULL;
    }
    pthread_mutex_unlock(&lock);
    lua_pushinteger(L, count); /* count */
    if (taker == NULL || dladdr(taker, &info) == 0) {
        return 1;
    }
    lua_pushfstring(L, "%s+%p", info.dli_fname, /* count, place */
                    (const void *)((const char *)taker - (const char *)info.dli_fbase));
    return 2;
}

static int descriptors_lj(lua_State *L)
{
    DIR *folder = opendir("/proc/self/fd");
    lua_Integer count = 0;

    if (folder == NULL) {
        return luaL_error(L, "/proc/self/fd: %s", strerror(errno));
    }
    while (readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    lua_pushinteger(L, count); /* count */
    return 1;
}

int luaopen_allocfail(lua_State *L)
{
    static const luaL_Reg functions[] = {{"arm", arm_lj},
                                         {"disarm", disarm_lj},
                                         {"held", held_lj},
                                         {"descriptors", descriptors_lj},
                                         {NULL, NULL}};

    luaL_newlib(L, functions); /* module */
    return 1;
}
