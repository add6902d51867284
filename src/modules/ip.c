#include "modules/ip.h"

#include "event/value.h"
#include "ip/address.h"
#include "ip/ipset.h"
#include "lua/budget.h"
#include "lua/garbage.h"

#include <lauxlib.h>
#include <string.h>

#define TYPE "lure.ip set"
#define SET  "lure.ip.set"

/* No text of an address or a network is longer: 39 bytes and a zone. */
#define MOST_BYTES 256

/* How much of a text a message shows. */
#define MOST_SHOWN 64

/* Units of the time budget: to read an address, a look in a set, and to sort a network and find its ranges.
 */
#define UNITS_OF_TEXT    60
#define UNITS_OF_LOOK    (UNITS_OF_TEXT + 100)
#define UNITS_OF_SORTING 250

/* Number of the networks whose value is true; those of others are indexes in the table of values. */
#define NUMBER_OF_TRUE 0

struct set {
    struct ip_set ip;
    lua_Integer count; /* of what was added */
    uint32_t values;   /* how many are in the table, user value 1 */
};

/* Pushes `"text"`, cut. Stack: [] -> [text] */
static void push_quoted_lj(lua_State *L, const char *text, size_t length)
{
    lua_pushliteral(L, "\"");                                            /* quote */
    lua_pushlstring(L, text, length < MOST_SHOWN ? length : MOST_SHOWN); /* quote, text */
    lua_pushstring(L, length > MOST_SHOWN ? "...\"" : "\"");             /* quote, text, quote */
    lua_concat(L, 3);                                                    /* text */
}

/* What the value at `index` is not. Stack: [] -> [nil, why] */
static int push_failure_lj(lua_State *L, int index, const char *what)
{
    size_t length;
    const char *text;

    luaL_pushfail(L); /* nil */
    if (lua_type(L, index) != LUA_TSTRING) {
        lua_pushfstring(L, "expected a text, got %s", luaL_typename(L, index)); /* nil, why */
        return 2;
    }
    text = lua_tolstring(L, index, &length);
    lua_pushfstring(L, "not %s: ", what); /* nil, why */
    push_quoted_lj(L, text, length);      /* nil, why, text */
    lua_concat(L, 2);                     /* nil, why */
    return 2;
}

/* Stack: [table] unchanged */
static void set_address_lj(lua_State *L, const char *key, const struct ip_address *address)
{
    char text[IP_TEXT];

    lua_pushlstring(L, text, ip_print(address, text)); /* table, text */
    lua_setfield(L, -2, key);                          /* table */
}

static void set_integer_lj(lua_State *L, const char *key, lua_Integer value)
{
    lua_pushinteger(L, value); /* table, value */
    lua_setfield(L, -2, key);  /* table */
}

/* The text at `index`; NULL: it is another value, or too long. */
static const char *text_lj(lua_State *L, int index, size_t *length)
{
    const char *text = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, length) : NULL;

    return text != NULL && *length <= MOST_BYTES ? text : NULL;
}

static int parse_lj(lua_State *L)
{
    struct ip_address address;
    struct ip_extras extras;
    size_t length;
    const char *text = text_lj(L, 1, &length);
    bool mapped;

    budget_charge_lj(L, UNITS_OF_TEXT);
    if (text == NULL || !ip_parse(text, length, &address, &extras)) {
        return push_failure_lj(L, 1, "an address");
    }
    mapped = ip_unmap(&address);
    lua_createtable(L, 0, 5); /* table */
    set_address_lj(L, "address", &address);
    set_integer_lj(L, "version", address.size == 4 ? 4 : 6);
    lua_pushboolean(L, mapped);    /* table, mapped */
    lua_setfield(L, -2, "mapped"); /* table */
    if (extras.port >= 0) {
        set_integer_lj(L, "port", extras.port);
    }
    if (extras.zone != NULL) {
        lua_pushlstring(L, extras.zone, extras.zone_length); /* table, zone */
        lua_setfield(L, -2, "zone");                         /* table */
    }
    return 1;
}

static int network_lj(lua_State *L)
{
    struct ip_network network;
    struct ip_address last;
    char address[IP_TEXT];
    size_t length;
    const char *text = text_lj(L, 1, &length);

    budget_charge_lj(L, UNITS_OF_TEXT);
    if (text == NULL || !ip_parse_network(text, length, &network)) {
        return push_failure_lj(L, 1, "a network");
    }
    last = ip_last(&network);
    ip_print(&network.address, address);
    lua_createtable(L, 0, 5);                                /* table */
    lua_pushfstring(L, "%s/%d", address, (int)network.bits); /* table, text */
    lua_setfield(L, -2, "network");                          /* table */
    set_address_lj(L, "address", &network.address);
    set_address_lj(L, "last", &last);
    set_integer_lj(L, "bits", network.bits);
    set_integer_lj(L, "version", network.address.size == 4 ? 4 : 6);
    return 1;
}

/* ---- sets ---- */

/* The set at 1, for the method. */
static struct set *check_set_lj(lua_State *L, const char *method)
{
    struct set *set = luaL_testudata(L, 1, TYPE);
    char got[96];

    if (set == NULL) {
        value_describe(L, 1, got, sizeof(got));
        luaL_error(L, SET ": %s: expected a set, got %s; call it as set:%s(...)", method, got, method);
    }
    return set;
}

static int close_set_lj(lua_State *L)
{
    ip_set_close(&check_set_lj(L, "__gc")->ip);
    return 0;
}

/* The number that stands for the value at the top. Stack: [value] -> [] */
static uint32_t number_of_lj(lua_State *L, int set_index, struct set *set)
{
    if (lua_type(L, -1) == LUA_TBOOLEAN && lua_toboolean(L, -1)) {
        lua_pop(L, 1); /* */
        return NUMBER_OF_TRUE;
    }
    if (set->values == 0) {
        lua_newtable(L);                    /* value, table */
        lua_setiuservalue(L, set_index, 1); /* value */
    }
    if (set->values == IP_SET_NONE - 1) {
        luaL_error(L, SET ": too many values");
    }
    lua_getiuservalue(L, set_index, 1);  /* value, table */
    lua_insert(L, -2);                   /* table, value */
    lua_rawseti(L, -2, set->values + 1); /* table */
    lua_pop(L, 1);                       /* */
    return ++set->values;
}

/* False: there is no memory; nothing has changed then. */
static bool add(struct ip_set *set, const struct ip_network *network, uint32_t number, lua_Unsigned expected)
{
    bool six = network->address.size == 16;
    const struct ip_table *table = six ? &set->six : &set->four;

    return (expected <= 1 || table->room > 0 || ip_set_reserve(set, six, expected)) &&
           ip_set_add(set, network, number);
}

/* Adds the network at the index, with the value at the top. `expected`: how many more there may be. Stack:
 * [value] ->
 * [] */
static void add_lj(lua_State *L, int set_index, int network_index, lua_Unsigned expected)
{
    struct set *set = lua_touserdata(L, set_index);
    struct ip_network network;
    size_t length;
    const char *text = text_lj(L, network_index, &length);
    uint32_t number;

    budget_charge_lj(L, UNITS_OF_TEXT);
    if (text == NULL || !ip_parse_network(text, length, &network)) {
        push_failure_lj(L, network_index, "a network");
        luaL_error(L, SET ": element %I: %s", (LUAI_UACINT)set->count + 1, lua_tostring(L, -1));
    }
    number = number_of_lj(L, set_index, set);
    if (!GARBAGE_RETRY(L, add(&set->ip, &network, number, expected))) {
        luaL_error(L, SET ": " TEXT_OVER_LIMIT);
    }
    set->count++;
}

/* Adds those of a table: elements of a list, keys with a value. Stack: [list, ..., set] unchanged */
static void add_table_lj(lua_State *L, int set)
{
    lua_Unsigned elements = lua_rawlen(L, 1);

    lua_pushnil(L);               /* key */
    while (lua_next(L, 1) != 0) { /* key, value */
        if (lua_type(L, -2) == LUA_TNUMBER) {
            lua_pushboolean(L, true);          /* key, network, true */
            add_lj(L, set, set + 2, elements); /* key, network */
            lua_pop(L, 1);                     /* key */
            elements -= elements > 0;
        } else {
            add_lj(L, set, set + 1, 0); /* key */
        }
    }
}

/* Adds what an iterator returns: networks, and perhaps values. Stack: [f, state, control, ..., set] unchanged
 */
static void add_iterated_lj(lua_State *L, int set)
{
    for (;;) {
        budget_charge_lj(L, BUDGET_OF_STEP);
        lua_pushvalue(L, 1); /* f */
        lua_pushvalue(L, 2); /* f, state */
        lua_pushvalue(L, 3); /* f, state, control */
        lua_call(L, 2, 2);   /* network, value */
        if (lua_isnil(L, -2)) {
            lua_pop(L, 2); /* */
            return;
        }
        lua_pushvalue(L, -2); /* network, value, network */
        lua_replace(L, 3);    /* network, value */
        if (lua_isnil(L, -1)) {
            lua_pop(L, 1);            /* network */
            lua_pushboolean(L, true); /* network, true */
        }
        add_lj(L, set, set + 1, 0); /* network */
        lua_pop(L, 1);              /* */
    }
}

/* Upvalue 1: the memory budget. */
static int set_lj(lua_State *L)
{
    struct set *set;
    int index;

    if (!lua_isfunction(L, 1)) {
        luaL_checktype(L, 1, LUA_TTABLE);
    }
    lua_settop(L, 3); /* list or f, state, control */
    index = lua_gettop(L) + 1;
    set = lua_newuserdatauv(L, sizeof(*set), 1); /* ..., set */
    *set = (struct set){0};
    ip_set_open(&set->ip, lua_touserdata(L, lua_upvalueindex(1)));
    luaL_setmetatable(L, TYPE);
    if (lua_istable(L, 1)) {
        add_table_lj(L, index);
    } else {
        add_iterated_lj(L, index);
    }
    budget_charge_lj(L, UNITS_OF_SORTING * (set->ip.four.count + 2 * set->ip.six.count));
    if (!GARBAGE_RETRY(L, ip_set_finish(&set->ip))) {
        return luaL_error(L, SET ": " TEXT_OVER_LIMIT);
    }
    return 1;
}

static int contains_lj(lua_State *L)
{
    struct set *set = check_set_lj(L, "contains");
    struct ip_address address;
    size_t length;
    const char *text = text_lj(L, 2, &length);
    uint32_t number;

    budget_charge_lj(L, UNITS_OF_LOOK);
    if (text == NULL || !ip_parse(text, length, &address, NULL)) {
        return push_failure_lj(L, 2, "an address");
    }
    ip_unmap(&address);
    number = ip_set_find(&set->ip, &address);
    if (number == IP_SET_NONE) {
        lua_pushnil(L);
    } else if (number == NUMBER_OF_TRUE) {
        lua_pushboolean(L, true);
    } else {
        lua_getiuservalue(L, 1, 1); /* table */
        lua_rawgeti(L, -1, number); /* table, value */
    }
    return 1;
}

static int length_lj(lua_State *L)
{
    lua_pushinteger(L, check_set_lj(L, "__len")->count);
    return 1;
}

int luaopen_lure_ip(lua_State *L)
{
    static const luaL_Reg functions[] = {{"parse", parse_lj}, {"network", network_lj}, {NULL, NULL}};
    static const luaL_Reg methods[] = {{"contains", contains_lj}, {NULL, NULL}};

    luaL_newmetatable(L, TYPE);            /* metatable */
    luaL_newlib(L, methods);               /* metatable, methods */
    lua_setfield(L, -2, "__index");        /* metatable */
    lua_pushcfunction(L, close_set_lj);    /* metatable, function */
    lua_setfield(L, -2, "__gc");           /* metatable */
    lua_pushcfunction(L, length_lj);       /* metatable, function */
    lua_setfield(L, -2, "__len");          /* metatable */
    lua_pop(L, 1);                         /* */
    luaL_newlib(L, functions);             /* module */
    lua_pushvalue(L, lua_upvalueindex(2)); /* module, budget */
    lua_pushcclosure(L, set_lj, 1);        /* module, function */
    lua_setfield(L, -2, "set");            /* module */
    return 1;
}
