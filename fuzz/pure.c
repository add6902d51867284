/*
 * pure [ROUNDS [SEED]]
 * Makes functions such as fields have, asks both lua/pure.h and Lua what they return of the same event, and
 * fails where pure_answer has an answer that is not Lua's. The same arguments make the same functions.
 */
#include "lua/pure.h"
#include "event/event.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_BYTES 16384u

/* Where what is kept stands on the stack: the tables are VALUES. */
enum { OBJECT = 1, NAME, DATA, VALUES, VALUE_COUNT = 6, FUNCTION = VALUES + VALUE_COUNT };

static const char prelude[] =
    "local tointeger, tonumber, tostring, type = math.tointeger, tonumber, tostring, type\n"
    "local number, text, fraction, flag = 40, 'abc', 2.5, true\n"
    "local saved\n" /* an upvalue that another function sets */
    "list = { 3, 'abc', { a = 1 } }\n"
    "local meta = setmetatable({ a = 5 }, { __index = function() return 6 end, __eq = function() return true "
    "end, __lt = function() return true end, __le = function() return true end, __len = function() return 9 "
    "end, __add = function() return 8 end })\n"
    "local values = {\n"
    "  { a = 1, b = 'abc', c = { a = { b = 'deep' } }, list, [1] = 7, [2] = '8', data = false },\n"
    "  meta,\n"
    "  setmetatable({ a = 'x', c = meta }, { __index = { b = 'inherited' } }),\n"
    "  { 1, 2, 3, a = 1.5, b = math.maxinteger, c = math.mininteger },\n"
    "  'a string',\n"
    "  12,\n"
    "}\n";

static uint64_t state;
static char source[MOST_BYTES];
static size_t length;

static unsigned random_below(unsigned below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)((state >> 16) % below);
}

static bool once_in(unsigned times)
{
    return random_below(times) == 0;
}

#define PICK(list) list[random_below(sizeof(list) / sizeof(list[0]))]

__attribute__((format(printf, 1, 2))) static void add(const char *format, ...)
{
    va_list arguments;
    int added;

    va_start(arguments, format);
    added = vsnprintf(source + length, MOST_BYTES - length, format, arguments);
    va_end(arguments);
    length += (size_t)added < MOST_BYTES - length ? (size_t)added : MOST_BYTES - length - 1;
}

static void add_expression(unsigned depth);

static void add_atom(void)
{
    static const char *const atoms[] = {"value",
                                        "value",
                                        "value",
                                        "arg",
                                        "arg",
                                        "event",
                                        "field",
                                        "number",
                                        "text",
                                        "flag",
                                        "0",
                                        "1",
                                        "-1",
                                        "7",
                                        "127",
                                        "128",
                                        "-129",
                                        "70000",
                                        "300",
                                        "saved",
                                        "fraction",
                                        "\"\"",
                                        "'abc'",
                                        "'8'",
                                        "true",
                                        "false",
                                        "nil",
                                        "list",
                                        "2.5",
                                        "1e300",
                                        "'x.y'",
                                        "'name'",
                                        "number",
                                        "number",
                                        "9223372036854775807",
                                        "x",
                                        "x",
                                        "(-9223372036854775807 - 1)"};

    add("%s", PICK(atoms));
}

static void add_lookup(unsigned depth)
{
    static const char *const keys[] = {"a",    "b",    "c",      "num",  "ts",   "tid",
                                       "data", "type", "source", "none", "param"};

    add("(");
    add_expression(depth - 1);
    add(")");
    switch (random_below(4)) {
    case 0:
        add("[%u]", random_below(4));
        break;
    case 1:
        add("[");
        add_expression(depth - 1);
        add("]");
        break;
    default:
        add(".%s", PICK(keys));
    }
}

static void add_call(unsigned depth)
{
    static const char *const functions[] = {"tointeger", "tointeger", "tonumber", "math.tointeger",
                                            "tostring",  "type",      "rawlen"};

    add("%s(", PICK(functions));
    add_expression(depth - 1);
    if (once_in(10)) {
        add(", 16");
    }
    add(")");
}

static void add_expression(unsigned depth)
{
    static const char *const binary[] = {"+",  "-",  "*",   "//", "%",   "&",  "|", "~",
                                         "<<", ">>", "==",  "~=", "<",   "<=", ">", ">=",
                                         "..", "/",  "and", "or", "and", "or", "^"};
    static const char *const unary[] = {"not ", "-", "~", "#"};

    switch (depth == 0 ? 9 : random_below(10)) {
    case 0:
    case 1:
    case 2:
        add("(");
        add_expression(depth - 1);
        add(" %s ", PICK(binary));
        add_expression(depth - 1);
        add(")");
        break;
    case 3:
        add("%s(", PICK(unary));
        add_expression(depth - 1);
        add(")");
        break;
    case 4:
    case 5:
        add_lookup(depth);
        break;
    case 6:
        add_call(depth);
        break;
    default:
        add_atom();
    }
}

static void add_statements(unsigned depth);

static void add_choice(unsigned depth)
{
    add("if ");
    add_expression(depth);
    add(" then ");
    add_statements(depth - 1);
    if (once_in(2)) {
        add(" else ");
        add_statements(depth - 1);
    }
    add(" end\n");
}

static void add_statements(unsigned depth)
{
    unsigned count = depth == 0 ? 0 : random_below(3);

    for (unsigned i = 0; i < count; i++) {
        switch (random_below(8)) {
        case 0:
        case 1:
        case 2:
            add_choice(depth);
            break;
        case 3:
            add("for i = 1, 3 do x = i end\n");
            break;
        case 4:
            add(once_in(4) ? "list[1] = " : "local y = ");
            add_expression(depth);
            add("\n");
            break;
        default:
            add("x = ");
            add_expression(depth);
            add("\n");
        }
    }
    if (!once_in(8)) {
        add("do return ");
        add_expression(depth);
        if (once_in(12)) {
            add(", 1");
        }
        add(" end\n");
    }
}

static void make_source(void)
{
    static const char *const parameters[] = {"value, arg, event, field",
                                             "value, arg, event, field",
                                             "value",
                                             "value, arg",
                                             "",
                                             "value, arg, event, field, more",
                                             "..."};

    length = 0;
    add("%s", prelude);
    add("local function f(%s)\n local x = number\n", PICK(parameters));
    add_statements(1 + random_below(3));
    add("end\nsaved = '%u'\nreturn f, table.unpack(values)\n", random_below(100));
}

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "pure: %s:\n%s", what, source + strlen(prelude));
    exit(1);
}

/* The arguments of one call: as Lua has them, and as pure_answer has. Stack: [] -> [arguments] */
static void make_arguments(lua_State *L, const struct pure_record *record, struct pure_value *arguments)
{
    static const char *const payloads[] = {"",
                                           "0",
                                           "7",
                                           "42",
                                           "-5",
                                           "007",
                                           " 12",
                                           "1e3",
                                           "12a",
                                           "abc",
                                           "0x10",
                                           "8 ",
                                           "name",
                                           "2.0",
                                           "999999999999999999",
                                           "1000000000000000000",
                                           "9223372036854775808"};
    static const char *const keys[] = {"abc", "8", "x.y", ""};
    unsigned kind = random_below(8);
    const char *payload = PICK(payloads), *key = PICK(keys);

    if (kind < 4) {
        arguments[0] = (struct pure_value){.kind = PURE_TEXT, .text = {payload, strlen(payload)}};
        lua_pushstring(L, payload);
    } else if (kind == 4) {
        arguments[0] = (struct pure_value){.kind = PURE_NIL};
        lua_pushnil(L);
    } else {
        int place = VALUES + (int)random_below(VALUE_COUNT);

        arguments[0] = (struct pure_value){.kind = PURE_KEPT, .place = place};
        lua_pushvalue(L, place);
    }
    kind = random_below(3);
    arguments[1] = (struct pure_value){.kind = PURE_NIL};
    if (kind == 0) {
        arguments[1] = (struct pure_value){.kind = PURE_INTEGER, .integer = random_below(9)};
        lua_pushinteger(L, arguments[1].integer);
    } else if (kind == 1) {
        arguments[1] = (struct pure_value){.kind = PURE_TEXT, .text = {key, strlen(key)}};
        lua_pushstring(L, key);
    } else {
        lua_pushnil(L);
    }
    arguments[2] = (struct pure_value){.kind = PURE_RECORD, .record = record};
    lua_pushvalue(L, OBJECT);
    arguments[3] = (struct pure_value){.kind = PURE_KEPT, .place = NAME};
    lua_pushvalue(L, NAME);
}

/* Is the value at the top what the answer says? */
static bool is_same(lua_State *L, const struct pure_value *answer)
{
    size_t size;
    const char *text;

    switch (answer->kind) {
    case PURE_NIL:
        return lua_isnil(L, -1);
    case PURE_BOOLEAN:
        return lua_isboolean(L, -1) && lua_toboolean(L, -1) == answer->boolean;
    case PURE_INTEGER:
        return lua_isinteger(L, -1) && lua_tointeger(L, -1) == answer->integer;
    case PURE_TEXT:
        text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &size) : NULL;
        return text != NULL && size == answer->text.size && memcmp(text, answer->text.data, size) == 0;
    default:
        return false;
    }
}

/* True if there was an answer. The one of pure_answer comes first: it must leave all as it was. */
static bool compare(lua_State *L, const struct pure_known *known, const struct event *event)
{
    const struct pure_record record = {event_look, event};
    const struct LClosure *function = pure_function(L, FUNCTION);
    struct pure_value arguments[PURE_ARGUMENTS], answer;
    int status, results;

    lua_settop(L, FUNCTION);
    lua_pushvalue(L, FUNCTION);
    make_arguments(L, &record, arguments);
    if (function == NULL || !pure_answer(L, function, known, arguments, pure_parameters(function), &answer)) {
        return false;
    }
    status = lua_pcall(L, PURE_ARGUMENTS, LUA_MULTRET, 0);
    results = lua_gettop(L) - FUNCTION;
    if (status != LUA_OK) {
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
        fail("an answer where Lua throws");
    }
    lua_settop(L, FUNCTION + 1); /* nil, where nothing was returned */
    if (results > 1 || !is_same(L, &answer)) {
        fprintf(stderr, "Lua: %s\n", luaL_tolstring(L, -1, NULL));
        fail("another answer than Lua's");
    }
    return true;
}

static unsigned long run_rounds(lua_State *L, unsigned long rounds, const struct pure_known *known)
{
    unsigned char raw[] = "raw";
    struct event event = {
        .data = "42", .size = 2, .has_payload = true, .num = 3, .ts = 5, .tid = -1, .raw = raw};
    struct event_object *object = event_object_new_lj(L);
    unsigned long answers = 0;

    object->event = &event;
    object->place = DATA;
    lua_pushliteral(L, "name");
    lua_pushnil(L);
    for (unsigned long i = 0; i < rounds; i++) {
        lua_settop(L, DATA);
        make_source();
        if (length + 1 == MOST_BYTES) {
            continue; /* it has no end */
        }
        event.type = once_in(2) ? EVENT_TYPE_PLUGIN : 60000;
        event.source = once_in(2) ? "dummy" : NULL;
        event.has_payload = !once_in(4);
        object->shown++;
        if (luaL_loadstring(L, source) != LUA_OK || lua_pcall(L, 0, LUA_MULTRET, 0) != LUA_OK) {
            fail(lua_tostring(L, -1));
        }
        lua_rotate(L, VALUES, -1); /* values, function */
        for (unsigned j = 0; j < 8; j++) {
            answers += compare(L, known, &event);
        }
    }
    return answers;
}

int main(int argc, char **argv)
{
    unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000, answers;
    lua_State *L = luaL_newstate();
    struct pure_known known;

    if (argc > 3 || (argc > 1 && argv[1][0] == '-')) {
        fprintf(stderr, "usage: pure [ROUNDS [SEED]]\n");
        return 2;
    }
    state = 88172645463325252u + (argc > 2 ? strtoul(argv[2], NULL, 10) : 0);
    luaL_openlibs(L);
    pure_know_lj(L, &known);
    answers = run_rounds(L, rounds, &known);
    printf("%lu of %lu questions answered without a call\n", answers, 8 * rounds);
    lua_close(L);
    if (answers < rounds) {
        fprintf(stderr, "pure: too few to have tried anything\n");
        return 1;
    }
    return 0;
}
