/*
 * eval: checks direct evaluation (lua/eval.h) against Lua's VM: makes functions such as fields have,
 * evaluates both on the same event, and fails where eval_result returns something else than Lua. And
 * functions such as `next`, which also have side effects: what they return and change is the same with
 * eval_advance as without it.
 */
#include "lua/eval.h"
#include "event/event.h"
#include "input.h"

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
    "local match = string.match\n"
    "local random = math.random\n"
    "math.randomseed(7)\n"
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
    "}\n"
    "function stir()\n" /* keys move in their tables */
    "  for _, t in ipairs { list, values[1], meta, values[3], values[4], _G } do\n"
    "    local a, b = rawget(t, 'a'), rawget(t, 'b')\n"
    "    rawset(t, 'a', nil) rawset(t, 'b', nil)\n"
    "    for _ = 1, random(4) do rawset(t, 'k' .. random(30), random(3) == 1 or nil) end\n"
    "    rawset(t, 'b', b) rawset(t, 'a', a)\n"
    "  end\n"
    "end\n"
    "function dump()\n" /* all that a function can change */
    "  local all = {}\n"
    "  local function show(t, depth)\n"
    "    if type(t) ~= 'table' then all[#all + 1] = math.type(t) or type(t); all[#all + 1] = tostring(t); "
    "return end\n"
    "    for _, key in ipairs { 1, 2, 'a', 'b', 'c', 'data' } do\n"
    "      local value = rawget(t, key)\n"
    "      if depth == 0 then all[#all + 1] = type(value) else show(value, depth - 1) end\n"
    "    end\n"
    "  end\n"
    "  show(number, 1) show(text, 1) show(flag, 1) show(list, 1) show(random(0), 1)\n"
    "  for i = 1, 6 do show(values[i], 3) end\n"
    "  return table.concat(all, ' ')\n"
    "end\n";

static bool writes; /* the function is to change things */
static char source[MOST_BYTES];
static size_t length;

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

    add("%s", INPUT_PICK(atoms));
}

static void add_lookup(unsigned depth)
{
    static const char *const keys[] = {"a",    "b",    "c",      "num",  "ts",   "tid",
                                       "data", "type", "source", "none", "param"};

    add("(");
    add_expression(depth - 1);
    add(")");
    switch (input_below(4)) {
    case 0:
        add("[%u]", input_below(4));
        break;
    case 1:
        add("[");
        add_expression(depth - 1);
        add("]");
        break;
    default:
        add(".%s", INPUT_PICK(keys));
    }
}

static void add_call(unsigned depth)
{
    static const char *const functions[] = {"tointeger", "tointeger", "tonumber", "math.tointeger",
                                            "tostring",  "type",      "rawlen"};

    add("%s(", writes ? functions[input_below(4)] : INPUT_PICK(functions)); /* tostring has addresses */
    add_expression(depth - 1);
    if (input_once_in(10)) {
        add(", 16");
    }
    add(")");
}

/* A pattern of string.match: also ones that are malformed, or are left to it. */
static void add_pattern(void)
{
    static const char *const items[] = {
        "a",     "b",      "c",      ".",     "%a",     "%d",    "%w", "%s",     "%S",     "%.",
        "[abc]", "[^abc]", "[a-c]",  "[^%d]", "[%w_]",  "x",     "-",  "[]a]",   "[^:@]",  "1",
        "(",     ")",      "%z",     "^",     "$",      "()",    "%1", "[a-%%]", "%bab",   "%f[%w]",
        "[",     "%",      "[%a-z]", "[a-]",  "[x%]y]", "[^]b]", "%D", "[%Z]",   "[^%S-a]"};
    static const char *const repetitions[] = {"", "", "", "", "*", "+", "-", "?"};

    add("'%s", input_once_in(2) ? "^" : "");
    for (unsigned i = input_below(6); i > 0; i--) {
        const unsigned capture = input_below(6);

        add("%s%s%s%s", capture == 0 ? "(" : "", INPUT_PICK(items), INPUT_PICK(repetitions),
            capture == 0 ? ")" : "");
    }
    add("%s'", input_once_in(3) ? "$" : "");
}

static void add_match(unsigned depth)
{
    static const char *const texts[] = {"'abc'",   "'aabbcc'",  "'user=abc 12'", "''",     "'a:b@c'",
                                        "'a]b-%'", "'cab\\0b'", "value",         "number", "'  xax  '"};

    add("%s(", input_once_in(2) ? "match" : "string.match");
    if (input_once_in(4)) {
        add_expression(depth - 1);
    } else {
        add("%s", INPUT_PICK(texts));
    }
    add(", ");
    add_pattern();
    add("%s)", input_once_in(16) ? ", 2" : "");
}

static void add_random(unsigned depth)
{
    static const char *const functions[] = {"random", "math.random"};
    static const char *const limits[] = {
        "",        "0",      "1",    "6",      "0, 10",
        "-3, 12",  "7, 7",   "1, 0", "number", "0, x",
        "1, 2, 3", "2.0, 4", "'5'",  "1, 2.5", "math.mininteger, math.maxinteger"};

    add("%s(", INPUT_PICK(functions));
    if (input_once_in(4)) {
        add_expression(depth - 1);
    } else {
        add("%s", INPUT_PICK(limits));
    }
    add(")");
}

static void add_joined(void)
{
    static const char *const parts[] = {"number",          "x",    "text", "7", "''", "'abc'",
                                        "('a' .. number)", "value"};

    add("(%s", INPUT_PICK(parts));
    for (unsigned i = 1 + input_below(3); i > 0; i--) {
        add(" .. %s", INPUT_PICK(parts));
    }
    add(")");
}

static void add_expression(unsigned depth)
{
    static const char *const binary[] = {"+",  "-",  "*",   "//", "%",   "&",  "|", "~",
                                         "<<", ">>", "==",  "~=", "<",   "<=", ">", ">=",
                                         "..", "/",  "and", "or", "and", "or", "^"};
    static const char *const unary[] = {"not ", "-", "~", "#"};

    switch (depth == 0 ? 10 : input_below(12 + writes)) {
    case 0:
    case 1:
    case 2:
        add("(");
        add_expression(depth - 1);
        add(" %s ", INPUT_PICK(binary));
        add_expression(depth - 1);
        add(")");
        break;
    case 3:
        add("%s(", INPUT_PICK(unary));
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
    case 7:
        add_joined();
        break;
    case 8:
        add_match(depth);
        break;
    case 12: /* one draws the same as the other only where each is called as often */
        add_random(depth);
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
    if (input_once_in(2)) {
        add(" else ");
        add_statements(depth - 1);
    }
    add(" end\n");
}

static void add_statements(unsigned depth)
{
    static const char *const places[] = {"number",  "number",  "flag",       "text",     "value.a", "value.a",
                                         "value.b", "value.c", "value.none", "value[1]", "value[2]"};
    unsigned count = depth == 0 ? 0 : input_below(3) + writes;

    for (unsigned i = 0; i < count; i++) {
        if (writes && input_once_in(2)) {
            add("%s = ", INPUT_PICK(places));
            add_expression(depth);
            add("\n");
            continue;
        }
        switch (input_below(8)) {
        case 0:
        case 1:
        case 2:
            add_choice(depth);
            break;
        case 3:
            add("for i = 1, 3 do x = i end\n");
            break;
        case 4:
            add(input_once_in(4) ? "list[1] = " : "local y = ");
            add_expression(depth);
            add("\n");
            break;
        default:
            add("x = ");
            add_expression(depth);
            add("\n");
        }
    }
    if (!input_once_in(8)) {
        add("do return ");
        add_expression(depth);
        if (input_once_in(12)) {
            add(", 1");
        }
        add(" end\n");
    }
}

static void make_source(void)
{
    static const char *const steps[] = {"value", "value", "value",
                                        ""}; /* the parameters of one that writes */
    static const char *const parameters[] = {"value, arg, event, field",
                                             "value, arg, event, field",
                                             "value",
                                             "value, arg",
                                             "",
                                             "value, arg, event, field, more",
                                             "..."};

    length = 0;
    add("%s", prelude);
    add("local function f(%s)\n local x = number\n", writes ? INPUT_PICK(steps) : INPUT_PICK(parameters));
    add_statements(1 + input_below(3));
    add("end\nsaved = '%u'\nreturn f, table.unpack(values)\n", input_below(100));
}

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "eval: %s:\n%s", what, source + strlen(prelude));
    abort();
}

/* The arguments of one call: as Lua has them, and as eval_result has. Stack: [] -> [arguments] */
static void make_arguments(lua_State *L, const struct eval_record *record, struct eval_value *arguments)
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
    unsigned kind = input_below(8);
    const char *payload = INPUT_PICK(payloads), *key = INPUT_PICK(keys);

    if (kind < 4) {
        arguments[0] = (struct eval_value){.kind = EVAL_TEXT, .text = {payload, strlen(payload)}};
        lua_pushstring(L, payload);
    } else if (kind == 4) {
        arguments[0] = (struct eval_value){.kind = EVAL_NIL};
        lua_pushnil(L);
    } else {
        int place = VALUES + (int)input_below(VALUE_COUNT);

        arguments[0] = (struct eval_value){.kind = EVAL_KEPT, .place = place};
        lua_pushvalue(L, place);
    }
    kind = input_below(3);
    arguments[1] = (struct eval_value){.kind = EVAL_NIL};
    if (kind == 0) {
        arguments[1] = (struct eval_value){.kind = EVAL_INTEGER, .integer = input_below(9)};
        lua_pushinteger(L, arguments[1].integer);
    } else if (kind == 1) {
        arguments[1] = (struct eval_value){.kind = EVAL_TEXT, .text = {key, strlen(key)}};
        lua_pushstring(L, key);
    } else {
        lua_pushnil(L);
    }
    arguments[2] = (struct eval_value){.kind = EVAL_RECORD, .record = record};
    lua_pushvalue(L, OBJECT);
    arguments[3] = (struct eval_value){.kind = EVAL_KEPT, .place = NAME};
    lua_pushvalue(L, NAME);
}

/* Is the value at the top what the answer says? */
static bool is_same(lua_State *L, const struct eval_value *answer)
{
    size_t size;
    const char *text;

    switch (answer->kind) {
    case EVAL_NIL:
        return lua_isnil(L, -1);
    case EVAL_BOOLEAN:
        return lua_isboolean(L, -1) && lua_toboolean(L, -1) == answer->boolean;
    case EVAL_INTEGER:
        return lua_isinteger(L, -1) && lua_tointeger(L, -1) == answer->integer;
    case EVAL_TEXT:
        text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &size) : NULL;
        return text != NULL && size == answer->text.size && memcmp(text, answer->text.data, size) == 0;
    case EVAL_KEPT:
    case EVAL_RECORD:
    case EVAL_DOCUMENT:
    case EVAL_LIST: /* no results here */
        break;
    }
    return false;
}

/* True if there was an answer. The one of eval_result comes first: it must leave all as it was. */
static bool compare(lua_State *L, const struct eval_known *known, struct eval_function *function,
                    const struct event *event)
{
    const struct eval_record record = {
        .get = event_get,
        .of = event,
        .data = {event->has_payload && input_once_in(2) ? event->data : NULL, event->size},
    };
    struct eval_value arguments[EVAL_ARGUMENTS], answer;
    bool answered;
    int status, results;

    lua_settop(L, FUNCTION);
    lua_pushvalue(L, FUNCTION);
    make_arguments(L, &record, arguments);
    answered =
        function != NULL && eval_result(L, function, known, arguments, eval_parameters(function), &answer);
    if (!answered) {
        return false;
    }
    status = lua_pcall(L, EVAL_ARGUMENTS, LUA_MULTRET, 0);
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

#define CALLS 6

/* What CALLS calls have returned. */
struct transcript {
    char text[CALLS * 256];
    size_t length;
    unsigned calls, uncalled;
};

static void note(struct transcript *to, const char *text, size_t size)
{
    size = size < 200 ? size : 200;
    memcpy(to->text + to->length, text, size);
    to->length += size;
    to->text[to->length++] = ';';
}

static enum eval_taken note_uncalled(void *to, const struct eval_value *result)
{
    struct transcript *transcript = to;
    char number[32];

    if (input_once_in(6)) {
        return EVAL_REFUSED; /* it is called for it */
    }
    if (result->kind == EVAL_INTEGER) {
        note(transcript, number, (size_t)sprintf(number, "integer %lld", (long long)result->integer));
    } else {
        note(transcript, result->text.data, result->text.size);
    }
    transcript->uncalled++;
    return ++transcript->calls < CALLS ? EVAL_MORE : EVAL_ENOUGH;
}

/* One call of Lua's. */
static void note_call(lua_State *L, int self, struct transcript *transcript)
{
    char number[32];
    const char *text;
    size_t size;

    lua_pushvalue(L, FUNCTION);
    lua_pushvalue(L, self);
    if (lua_pcall(L, 1, 1, 0) != LUA_OK) {
        note(transcript, "error", 5);
    } else if (lua_isinteger(L, -1)) {
        note(transcript, number, (size_t)sprintf(number, "integer %lld", (long long)lua_tointeger(L, -1)));
    } else if (lua_type(L, -1) == LUA_TSTRING) {
        text = lua_tolstring(L, -1, &size);
        note(transcript, text, size);
    } else {
        note(transcript, luaL_typename(L, -1), strlen(luaL_typename(L, -1)));
    }
    lua_settop(L, FUNCTION);
    transcript->calls++;
}

/* Loads the source anew: nothing is as an earlier call left it. */
static void load(lua_State *L)
{
    lua_settop(L, DATA);
    if (luaL_loadstring(L, source) != LUA_OK || lua_pcall(L, 0, LUA_MULTRET, 0) != LUA_OK) {
        fail(lua_tostring(L, -1));
    }
    lua_rotate(L, VALUES, -1); /* values, function */
}

/* What all is now. Valid until the next of that name. */
static const char *dump(lua_State *L, const char *name)
{
    lua_getglobal(L, "dump");
    if (lua_pcall(L, 0, 1, 0) != LUA_OK) {
        fail(lua_tostring(L, -1));
    }
    lua_setglobal(L, name);
    lua_getglobal(L, name);
    return lua_tostring(L, -1);
}

/* How many calls were spared a function that changes things. */
static unsigned long compare_steps(lua_State *L, const struct eval_known *known)
{
    int self = VALUES + (int)input_below(VALUE_COUNT - 2);
    struct transcript without = {.length = 0}, with = {.length = 0};
    struct eval_function *function;
    const char *left;

    load(L);
    while (without.calls < CALLS) {
        note_call(L, self, &without);
    }
    left = dump(L, "left");
    load(L);
    function = eval_function_new(L, FUNCTION);
    if (function == NULL || eval_parameters(function) > 1) {
        eval_function_free(function);
        return 0;
    }
    while (with.calls < CALLS && !eval_advance(L, function, known, self, note_uncalled, &with)) {
        note_call(L, self, &with);
    }
    eval_function_free(function);
    if (with.length != without.length || memcmp(with.text, without.text, with.length) != 0) {
        fprintf(stderr, "Lua:  %.*s\neval: %.*s\n", (int)without.length, without.text, (int)with.length,
                with.text);
        fail("another result than Lua's");
    }
    if (strcmp(left, dump(L, "found")) != 0) {
        fprintf(stderr, "Lua:  %s\neval: %s\n", left, lua_tostring(L, -1));
        fail("something else left behind than by Lua");
    }
    return with.uncalled;
}

static unsigned long answers, spared; /* of all runs */

static void stir(lua_State *L)
{
    lua_getglobal(L, "stir");
    if (lua_pcall(L, 0, 0, 0) != LUA_OK) {
        fail(lua_tostring(L, -1));
    }
}

static void run_fields(lua_State *L, const struct eval_known *known, struct event *event)
{
    struct eval_function *function;

    event->type = input_once_in(2) ? EVENT_TYPE_PLUGIN : 60000;
    event->source = input_once_in(2) ? "dummy" : NULL;
    event->has_payload = !input_once_in(4);
    load(L);
    function = eval_function_new(L, FUNCTION);
    for (unsigned i = 0; i < 8; i++) {
        answers += compare(L, known, function, event);
        stir(L);
    }
    eval_function_free(function);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned char raw[] = "raw";
    static struct event event = {.data = "42", .size = 2, .num = 3, .ts = 5, .tid = -1, .raw = raw};
    static struct event_object *object;
    static struct eval_known known;
    static lua_State *L;

    if (L == NULL) {
        L = luaL_newstate();
        luaL_openlibs(L);
        eval_know_lj(L, &known);
        object = event_object_new_lj(L); /* object */
        object->event = &event;
        object->place = DATA;
        lua_pushliteral(L, "name"); /* object, name */
        lua_pushnil(L);             /* object, name, data */
    }
    lua_settop(L, DATA);
    input_begin(data, size);
    writes = input_once_in(2);
    object->shown++;
    make_source();
    if (length + 1 == MOST_BYTES) {
        return 0; /* it has no end */
    }
    if (writes) {
        spared += compare_steps(L, &known);
    } else {
        run_fields(L, &known, &event);
    }
    return 0;
}

void fuzz_end(unsigned long runs)
{
    printf("%lu calls answered without one, and %lu spared, in %lu runs\n", answers, spared, runs);
    if (answers < runs / 4 || spared < runs / 64) {
        fprintf(stderr, "eval: too few to have tried anything\n");
        exit(1);
    }
}
