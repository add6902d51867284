/* host.glob, host.address, host.regex: what a host's filters do with values, by the same functions of the C
 * library and by PCRE2. */
#include "regex/regex.h"
#include "testhost/luaobjects.h"

#include <arpa/inet.h>
#include <fnmatch.h>
#include <string.h>

#define REGEX_TYPE "lure.host.regex"

/* Of what a match may take, a unit is about a nanosecond (regex/steps.h). */
#define LONGEST_MATCH (1000L * 1000 * 1000)

/* Is the text, up to its first NUL, all that the pattern of fnmatch(3) is of? */
int host_glob_lj(lua_State *L)
{
    const char *pattern = luaL_checkstring(L, 1);
    const char *text = luaL_checkstring(L, 2);

    lua_pushboolean(L, fnmatch(pattern, text, lua_toboolean(L, 3) ? FNM_CASEFOLD : 0) == 0);
    return 1;
}

/* Stack: [text] -> [the address's 4 or 16 bytes, or nil] */
int host_address_lj(lua_State *L)
{
    const char *text = luaL_checkstring(L, 1);
    unsigned char bytes[sizeof(struct in6_addr)];

    if (inet_pton(AF_INET, text, bytes) == 1)
        lua_pushlstring(L, (const char *)bytes, sizeof(struct in_addr));
    else if (inet_pton(AF_INET6, text, bytes) == 1)
        lua_pushlstring(L, (const char *)bytes, sizeof(struct in6_addr));
    else
        lua_pushnil(L);
    return 1;
}

/* ---- regular expressions ---- */

/* The rest of LONGEST_MATCH. */
static bool go_on(void *owner)
{
    long *left = owner;

    *left -= REGEX_WINDOW;
    return *left > 0;
}

static int regex_gc_lj(lua_State *L)
{
    regex_close(luaL_checkudata(L, 1, REGEX_TYPE));
    return 0;
}

/* Stack: [regex, text] -> [boolean] or [nil, message] */
static int regex_matches_lj(lua_State *L)
{
    struct regex *regex = luaL_checkudata(L, 1, REGEX_TYPE);
    size_t length;
    const char *text = luaL_checklstring(L, 2, &length);
    long left = LONGEST_MATCH;
    struct regex_steps steps = {.left = REGEX_WINDOW, .go_on = go_on, .owner = &left};

    luaL_argcheck(L, regex->code != NULL, 1, "closed");
    if (regex_utf8_length(text, length) < length) {
        lua_pushnil(L);                  /* nil */
        lua_pushliteral(L, "not UTF-8"); /* nil, message */
        return 2;
    }
    switch (regex_match(regex, text, length, 0, false, &steps)) {
    case REGEX_MATCH:
        lua_pushboolean(L, true);
        return 1;
    case REGEX_NO_MATCH:
        lua_pushboolean(L, false);
        return 1;
    case REGEX_MEMORY:
        lua_pushnil(L);                       /* nil */
        lua_pushliteral(L, "memory ran out"); /* nil, message */
        return 2;
    case REGEX_STOPPED:
    case REGEX_FAILED:
        break;
    }
    lua_pushnil(L);                                                    /* nil */
    lua_pushliteral(L, "stopped after a second of trying other ways"); /* nil, message */
    return 2;
}

/* Compiles a pattern of PCRE2, which stands at the text's beginning. Stack: [pattern] -> [regex] or [nil,
 * message] */
int host_regex_lj(lua_State *L)
{
    size_t length;
    const char *pattern = luaL_checklstring(L, 1, &length);
    struct regex *regex = lua_newuserdatauv(L, sizeof *regex, 0); /* regex */
    struct regex_problem problem;

    *regex = (struct regex){.code = NULL};
    luaL_setmetatable(L, REGEX_TYPE);
    if (regex_compile(regex, pattern, length, REGEX_UTF | REGEX_ANCHORED, NULL, &problem))
        return 1;
    lua_pushnil(L);                                                      /* nil */
    lua_pushstring(L, problem.memory ? "memory ran out" : problem.text); /* nil, message */
    return 2;
}

void regex_register_lj(lua_State *L)
{
    static const luaL_Reg methods[] = {{"matches", regex_matches_lj}, {NULL, NULL}};

    object_register_lj(L, REGEX_TYPE, methods, regex_gc_lj);
}
