#include "modules/window.h"

#include "base/clock.h"
#include "event/value.h"
#include "lua/budget.h"
#include "lua/fastapi.h"
#include "lua/garbage.h"
#include "modules/options.h"
#include "tls/random.h"
#include "window/window.h"

#include <errno.h>
#include <lauxlib.h>
#include <math.h>
#include <string.h>

#define FUNCTION "lure.window"

#define DEFAULT_KEYS   100000
#define DEFAULT_EVENTS 1000000

#define MOST_SECONDS 1e9

/* Units of the time budget: of a call, of an event that is forgotten, of a value of a sum. */
#define CALL_UNITS  100
#define EVENT_UNITS 30
#define VALUE_UNITS 10

/* Bytes of a text that take about one unit. */
#define BYTES_OF_UNIT 2

/* Events that are forgotten between two looks at the time budget. */
#define EXPIRED_AT_ONCE 1024u

/* What a window of Lua's is. */
struct object {
    const char *mark; /* &window_mark: quicker to look at than a metatable */
    struct window window;
};

static const char window_mark = 'w';

/* The window at 1. No other userdata of that size has the mark. */
static struct window *check_lj(lua_State *L, const char *method)
{
    struct object *object = fastapi_argument_userdata(L, 1, sizeof(*object));
    char got[96];

    if (object == NULL || object->mark != &window_mark) {
        value_describe(L, 1, got, sizeof(got));
        luaL_error(L, FUNCTION ": %s: expected a window, got %s; call it as window:%s(...)", method, got,
                   method);
    }
    return &object->window;
}

/* The integer at `index`; a float that is one counts, a text does not. */
static bool read_integer(lua_State *L, int index, lua_Integer *integer)
{
    int is_integer = 0;

    if (fastapi_argument_integer(L, index, integer)) {
        return true;
    }
    *integer = lua_type(L, index) == LUA_TNUMBER ? lua_tointegerx(L, index, &is_integer) : 0;
    return is_integer != 0;
}

/* The key or value at `index`: numbers that are equal are the same. */
static struct identity read_identity_lj(lua_State *L, const struct window *window, int index,
                                        const char *method, const char *what)
{
    size_t length = 0;
    const char *text = fastapi_argument_text(L, index, &length);
    lua_Integer integer;
    char got[96];

    budget_charge_lj(L, CALL_UNITS + length / BYTES_OF_UNIT);
    if (text != NULL) {
        return identity_of_text(&window->hash, text, length);
    }
    if (read_integer(L, index, &integer)) {
        return identity_of_integer(integer);
    }
    if (lua_type(L, index) == LUA_TNUMBER && !isnan(lua_tonumber(L, index))) {
        return identity_of_float(lua_tonumber(L, index));
    }
    value_describe(L, index, got, sizeof(got));
    luaL_error(L, FUNCTION ": %s: expected a %s, a text or a number, got %s", method, what, got);
    return (struct identity){.kind = 0};
}

/* Stack: unchanged; the key is at 2 */
static struct window_key read_key_lj(lua_State *L, const struct window *window, const char *method)
{
    const struct identity id = read_identity_lj(L, window, 2, method, "key");

    return window_key(window, &id);
}

static void expire_lj(lua_State *L, struct window *window)
{
    while (window_expire(window, EXPIRED_AT_ONCE)) {
        budget_charge_lj(L, EXPIRED_AT_ONCE * EVENT_UNITS);
    }
}

/* Stack: [...] -> [..., number, exact] */
static int push_found(lua_State *L, uint32_t number, bool exact)
{
    lua_pushinteger(L, number);
    lua_pushboolean(L, exact);
    return 2;
}

/* window:add(key, ns [, value]): the count of the key, and whether it is exact */
static int add_lj(lua_State *L)
{
    struct window *window = check_lj(L, "add");
    const bool has_value = !lua_isnoneornil(L, 4);
    const struct window_key key = read_key_lj(L, window, "add");
    struct identity value = {.kind = 0};
    struct window_found found;
    const uint64_t dropped = window->dropped_events;
    lua_Integer ns;
    char got[96];

    if (!read_integer(L, 3, &ns)) {
        value_describe(L, 3, got, sizeof(got));
        return luaL_error(L, FUNCTION ": add: expected the event's time, an integer (ns), got %s", got);
    }
    if (has_value) {
        value = read_identity_lj(L, window, 4, "add", "value");
    }
    window_advance(window, ns);
    expire_lj(L, window);
    if (!GARBAGE_RETRY(L, window_add(window, &key, ns, has_value ? &value : NULL, &found))) {
        return luaL_error(L, FUNCTION ": " TEXT_OVER_LIMIT);
    }
    if (window->dropped_events != dropped) {
        budget_count(L, (size_t)(window->dropped_events - dropped) * EVENT_UNITS);
    }
    return push_found(L, found.count, found.exact);
}

/* What is known of the key at 2 now. */
static struct window_found find_lj(lua_State *L, struct window *window, const char *method,
                                   struct window_key *key)
{
    struct window_found found;

    *key = read_key_lj(L, window, method);
    expire_lj(L, window);
    window_find(window, key, &found);
    return found;
}

/* window:count(key) */
static int count_lj(lua_State *L)
{
    struct window_key key;
    const struct window_found found = find_lj(L, check_lj(L, "count"), "count", &key);

    return push_found(L, found.count, found.exact);
}

/* window:distinct(key) */
static int distinct_lj(lua_State *L)
{
    struct window_key key;
    const struct window_found found = find_lj(L, check_lj(L, "distinct"), "distinct", &key);

    return push_found(L, found.distinct, found.exact);
}

/* window:sum(key): an integer if all are and it fits */
static int sum_lj(lua_State *L)
{
    struct window *window = check_lj(L, "sum");
    struct window_key key;
    const struct window_found found = find_lj(L, window, "sum", &key);
    struct window_sum sum;

    budget_charge_lj(L, (size_t)found.values * VALUE_UNITS);
    window_sum(window, &key, &sum);
    if (sum.has_floats || sum.integers < LUA_MININTEGER || sum.integers > LUA_MAXINTEGER) {
        lua_pushnumber(L, (lua_Number)sum.integers + sum.floats);
    } else {
        lua_pushinteger(L, (lua_Integer)sum.integers);
    }
    lua_pushboolean(L, found.exact);
    return 2;
}

/* window:dropped(): keys, events that count but are not there, events that came too late */
static int dropped_lj(lua_State *L)
{
    const struct window *window = check_lj(L, "dropped");

    lua_pushinteger(L, (lua_Integer)window->dropped_keys);
    lua_pushinteger(L, (lua_Integer)window->dropped_events);
    lua_pushinteger(L, (lua_Integer)window->late);
    return 3;
}

static int close_lj(lua_State *L)
{
    struct object *object = lua_touserdata(L, 1);

    object->mark = NULL;
    window_close(&object->window);
    return 0;
}

/* The window's length at 1, in ns. */
static int64_t check_seconds_lj(lua_State *L)
{
    const lua_Number seconds = lua_type(L, 1) == LUA_TNUMBER ? lua_tonumber(L, 1) : 0;
    char got[96];

    if (!(seconds > 0 && seconds <= MOST_SECONDS)) {
        value_describe(L, 1, got, sizeof(got));
        luaL_error(L, FUNCTION ": expected seconds, a number above 0 and at most 1e9, got %s", got);
    }
    return (int64_t)(seconds * (lua_Number)CLOCK_SECOND + 0.5); /* 2.01 s are a little less in binary */
}

/* lure.window(seconds [, options]); upvalues: the budget, the metatable */
static int window_lj(lua_State *L)
{
    static const char *const known[] = {"keys", "events", NULL};
    const int64_t span = check_seconds_lj(L);
    lua_Integer keys, events;
    struct siphash_key hash;
    struct object *object;

    lua_settop(L, 2); /* seconds, options */
    options_check_lj(L, 2, FUNCTION, known);
    keys = options_integer_lj(L, 2, FUNCTION, "keys", DEFAULT_KEYS, 1, WINDOW_MOST_KEYS);
    events = options_integer_lj(L, 2, FUNCTION, "events", DEFAULT_EVENTS, 1, WINDOW_MOST_EVENTS);
    if (!random_bytes(&hash, sizeof(hash))) {
        return luaL_error(L, FUNCTION ": the system gives no random bytes: %s", strerror(errno));
    }
    object = lua_newuserdatauv(L, sizeof(*object), 0); /* seconds, options, window */
    object->mark = &window_mark;
    window_open(&object->window, lua_touserdata(L, lua_upvalueindex(1)), &hash, span, (uint32_t)keys,
                (uint32_t)events);
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_setmetatable(L, -2);
    return 1;
}

int luaopen_lure_window(lua_State *L)
{
    static const luaL_Reg methods[] = {{"add", add_lj},           {"count", count_lj},     {"sum", sum_lj},
                                       {"distinct", distinct_lj}, {"dropped", dropped_lj}, {NULL, NULL}};

    lua_pushvalue(L, lua_upvalueindex(2)); /* budget */
    lua_newtable(L);                       /* budget, metatable */
    lua_pushliteral(L, FUNCTION);
    lua_setfield(L, -2, "__name");
    lua_pushcfunction(L, close_lj);
    lua_setfield(L, -2, "__gc");
    luaL_newlib(L, methods);           /* budget, metatable, methods */
    lua_setfield(L, -2, "__index");    /* budget, metatable */
    lua_pushcclosure(L, window_lj, 2); /* function */
    return 1;
}
