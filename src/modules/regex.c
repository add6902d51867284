#include "modules/regex.h"

#include "event/value.h"
#include "lua/budget.h"
#include "lua/garbage.h"
#include "modules/options.h"
#include "regex/regex.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#define MODULE "lure.regex."
#define TYPE   "lure.regex pattern"

/* Units of the time budget: of a pattern that is compiled and of each of its bytes, of a match, of a value
 * that it gives, and bytes of a text that are checked to be UTF-8 in a unit. */
#define UNITS_OF_COMPILE 20000
#define UNITS_OF_BYTE    1000
#define UNITS_OF_MATCH   200
#define UNITS_OF_VALUE   50
#define BYTES_OF_UNIT    2

/* How much of a pattern a message shows before what is wrong. */
#define MOST_SHOWN 32

struct object {
    const char *mark; /* &regex_mark: quicker to look at than a metatable */
    bool utf;
    struct regex regex;
};

static const char regex_mark = 'r';

/* The text that a pattern is matched with. */
struct subject {
    const char *text;
    size_t length;
    int index;         /* of the value that has it: a string, or the repaired copy */
    lua_Integer start; /* offset where matches may begin; -1: behind the end */
};

/* ---- flags ---- */

/* letter, flag */
#define FLAGS(X)                                                                                             \
    X('i', REGEX_CASELESS)                                                                                   \
    X('m', REGEX_MULTILINE)                                                                                  \
    X('s', REGEX_DOTALL)                                                                                     \
    X('x', REGEX_EXTENDED)                                                                                   \
    X('u', REGEX_UTF)                                                                                        \
    X('a', REGEX_ANCHORED)

static unsigned flag_of(char letter)
{
    switch (letter) {
#define FLAG_CASE(character, flag)                                                                           \
    case character:                                                                                          \
        return flag;
        FLAGS(FLAG_CASE)
#undef FLAG_CASE
    default:
        return 0;
    }
}

static unsigned read_flags_lj(lua_State *L, int index)
{
    unsigned flags = 0;
    size_t length;
    const char *letters;

    if (lua_isnoneornil(L, index)) {
        return 0;
    }
    letters = options_text_lj(L, index, MODULE, "compile", "flags", &length);
    for (size_t i = 0; i < length; i++) {
        const unsigned flag = flag_of(letters[i]);

        if (flag == 0) {
            luaL_error(L, MODULE "compile: flags: expected some of i, m, s, x, u, a, got \"%c\"", letters[i]);
        }
        flags |= flag;
    }
    return flags;
}

/* ---- patterns ---- */

static int fail_pattern_lj(lua_State *L, const char *pattern, const struct regex_problem *problem)
{
    const size_t shown = problem->offset < MOST_SHOWN ? problem->offset : MOST_SHOWN;

    if (problem->memory) {
        return luaL_error(L, MODULE "compile: " TEXT_OVER_LIMIT);
    }
    lua_pushfstring(L, MODULE "compile: pattern: %s, at byte %I", problem->text,
                    (LUAI_UACINT)problem->offset + 1); /* text */
    if (shown > 0) {
        lua_pushlstring(L, pattern + problem->offset - shown, shown); /* text, shown */
        lua_pushfstring(L, "%s, behind \"%s%s\"", lua_tostring(L, -2), shown < problem->offset ? "..." : "",
                        lua_tostring(L, -1)); /* text, shown, text */
    }
    return luaL_error(L, "%s", lua_tostring(L, -1));
}

/* lure.regex.compile(pattern [, flags]); upvalues: the budget, the metatable */
static int compile_lj(lua_State *L)
{
    struct memory_budget *budget = lua_touserdata(L, lua_upvalueindex(1));
    size_t length;
    const char *pattern = options_text_lj(L, 1, MODULE, "compile", "pattern", &length);
    const unsigned flags = read_flags_lj(L, 2);
    struct object *object = lua_newuserdatauv(L, sizeof(*object), 0); /* ..., object */
    struct regex_problem problem;

    *object = (struct object){.mark = &regex_mark, .utf = (flags & REGEX_UTF) != 0};
    lua_pushvalue(L, lua_upvalueindex(2)); /* ..., object, metatable */
    lua_setmetatable(L, -2);               /* ..., object */
    budget_charge_lj(L, UNITS_OF_COMPILE + (length <= REGEX_LONGEST ? length : 0) * UNITS_OF_BYTE);
    if (!GARBAGE_RETRY(L, regex_compile(&object->regex, pattern, length, flags, budget, &problem) ||
                              !problem.memory) ||
        object->regex.code == NULL) {
        return fail_pattern_lj(L, pattern, &problem);
    }
    return 1;
}

static struct object *check_lj(lua_State *L, const char *method)
{
    struct object *object = lua_touserdata(L, 1);
    char got[96];

    if (object == NULL || lua_rawlen(L, 1) != sizeof(*object) || object->mark != &regex_mark) {
        value_describe(L, 1, got, sizeof(got));
        luaL_error(L, TYPE ": %s: expected a pattern, got %s; call it as pattern:%s(...)", method, got,
                   method);
    }
    return object;
}

static int close_lj(lua_State *L)
{
    struct object *object = lua_touserdata(L, 1);

    object->mark = NULL;
    regex_close(&object->regex);
    return 0;
}

/* ---- matches ---- */

static int charge_window_lj(lua_State *L)
{
    budget_charge_lj(L, REGEX_WINDOW);
    return 0;
}

/* May the match take another window? If not, the error that says why is left at the top of the stack. */
static bool go_on(void *owner)
{
    lua_State *L = owner;

    if (!lua_checkstack(L, LUA_MINSTACK)) {
        return false;
    }
    lua_pushcfunction(L, charge_window_lj); /* function */
    return lua_pcall(L, 0, 0, 0) == LUA_OK; /* , or error */
}

/* False: there is no memory. */
static bool try_match(lua_State *L, struct regex *regex, const struct subject *subject, size_t from,
                      bool not_empty, struct regex_steps *steps, enum regex_result *result)
{
    *steps = (struct regex_steps){.left = REGEX_WINDOW, .go_on = go_on, .owner = L};
    *result = regex_match(regex, subject->text, subject->length, from, not_empty, steps);
    return *result != REGEX_MEMORY;
}

/* Is there a match from there on? Stack: unchanged */
static bool match_lj(lua_State *L, struct object *object, const struct subject *subject, size_t from,
                     bool not_empty, const char *method)
{
    const int top = lua_gettop(L);
    struct regex_steps steps;
    enum regex_result result;

    if (!GARBAGE_RETRY(L, try_match(L, &object->regex, subject, from, not_empty, &steps, &result))) {
        regex_trim(&object->regex);
        luaL_error(L, TYPE ": %s: " TEXT_OVER_LIMIT, method);
    }
    regex_trim(&object->regex);
    switch (result) {
    case REGEX_MATCH:
    case REGEX_NO_MATCH:
    case REGEX_MEMORY:
        break;
    case REGEX_STOPPED:
        if (steps.stopped && lua_gettop(L) > top) {
            lua_error(L);
        }
        luaL_error(L, TYPE ": %s: the pattern's own limit, (*LIMIT_...=, is exceeded", method);
        break;
    case REGEX_FAILED:
        luaL_error(L, TYPE ": %s: the pattern recurses without an end", method);
        break;
    }
    budget_charge_lj(L, UNITS_OF_MATCH + (size_t)(REGEX_WINDOW - steps.left));
    return result == REGEX_MATCH;
}

/* The text at 2, and at 3 where to begin. A text that is no UTF-8, where the pattern wants one, is replaced
 * at 2 by a copy that is. Stack: unchanged */
static struct subject read_subject_lj(lua_State *L, const struct object *object, const char *method)
{
    struct subject subject = {.index = 2};
    lua_Integer init = 1, length;
    char got[96];

    subject.text = options_text_lj(L, 2, TYPE ": ", method, "text", &subject.length);
    length = (lua_Integer)subject.length;
    if (!lua_isnoneornil(L, 3)) {
        if (!lua_isinteger(L, 3)) {
            value_describe(L, 3, got, sizeof(got));
            luaL_error(L, TYPE ": %s: init: expected an integer, got %s", method, got);
        }
        init = lua_tointeger(L, 3);
    }
    subject.start = init > length + 1             ? -1
                    : init > 0                    ? init - 1
                    : init == 0 || init < -length ? 0
                                                  : length + init;
    if (object->utf) {
        budget_charge_lj(L, subject.length / BYTES_OF_UNIT);
        if (regex_utf8_length(subject.text, subject.length) < subject.length) {
            char *copy = lua_newuserdatauv(L, subject.length, 0); /* ..., copy */

            budget_charge_lj(L, subject.length);
            regex_repair(copy, subject.text, subject.length);
            subject.text = copy;
            subject.index = lua_gettop(L);
        }
        while (subject.start > 0 && (size_t)subject.start < subject.length &&
               ((unsigned char)subject.text[subject.start] & 0xC0) == 0x80) {
            subject.start++; /* the next character */
        }
    }
    return subject;
}

/* Pushes what the group has matched of the text, or nil. Stack: [] -> [value] */
static void push_group_lj(lua_State *L, const struct object *object, const char *text, uint32_t group)
{
    size_t begin, end;

    if (regex_group(&object->regex, group, &begin, &end)) {
        lua_pushlstring(L, text + begin, end - begin);
    } else {
        lua_pushnil(L);
    }
}

/* The last match as a table: its groups by number, 0 is the whole, and by name. Stack: [] -> [table] */
static void push_match_lj(lua_State *L, const struct object *object, const char *text)
{
    const struct regex *regex = &object->regex;

    budget_charge_lj(L, (size_t)(1 + regex->groups + regex->name_count) * UNITS_OF_VALUE);
    lua_createtable(L, (int)regex->groups, (int)regex->name_count + 1); /* table */
    for (uint32_t group = 0; group <= regex->groups; group++) {
        push_group_lj(L, object, text, group); /* table, value */
        lua_rawseti(L, -2, group);             /* table */
    }
    for (uint32_t i = 0; i < regex->name_count; i++) {
        uint32_t group;
        const char *name = regex_name(regex, i, &group);

        if (lua_rawgeti(L, -1, group) != LUA_TNIL) { /* table, value */
            lua_setfield(L, -2, name);               /* table */
        } else {
            lua_pop(L, 1); /* table */
        }
    }
}

/* pattern:match(text [, init]): a table, or nil */
static int object_match_lj(lua_State *L)
{
    struct object *object = check_lj(L, "match");
    const struct subject subject = read_subject_lj(L, object, "match");

    if (subject.start < 0 || !match_lj(L, object, &subject, (size_t)subject.start, false, "match")) {
        lua_pushnil(L);
        return 1;
    }
    push_match_lj(L, object, lua_tostring(L, 2));
    return 1;
}

/* pattern:test(text [, init]): whether there is a match */
static int object_test_lj(lua_State *L)
{
    struct object *object = check_lj(L, "test");
    const struct subject subject = read_subject_lj(L, object, "test");

    lua_pushboolean(L, subject.start >= 0 &&
                           match_lj(L, object, &subject, (size_t)subject.start, false, "test"));
    return 1;
}

/* pattern:find(text [, init]): first and last byte of the match, then its groups; or nil */
static int object_find_lj(lua_State *L)
{
    struct object *object = check_lj(L, "find");
    const struct subject subject = read_subject_lj(L, object, "find");
    const char *text = lua_tostring(L, 2);
    size_t begin, end;

    if (subject.start < 0 || !match_lj(L, object, &subject, (size_t)subject.start, false, "find")) {
        lua_pushnil(L);
        return 1;
    }
    budget_charge_lj(L, (size_t)object->regex.groups * UNITS_OF_VALUE);
    luaL_checkstack(L, (int)object->regex.groups + 2, "too many groups");
    regex_group(&object->regex, 0, &begin, &end);
    lua_pushinteger(L, (lua_Integer)begin + 1);
    lua_pushinteger(L, (lua_Integer)end);
    for (uint32_t group = 1; group <= object->regex.groups; group++) {
        push_group_lj(L, object, text, group);
    }
    return 2 + (int)object->regex.groups;
}

enum { GMATCH_OBJECT = 1, GMATCH_TEXT, GMATCH_SUBJECT, GMATCH_FROM, GMATCH_NOT_EMPTY };

/* Where to look for the match behind one from `begin` to `end` that was looked for at `from`; -1: the text is
 * at its end. */
static lua_Integer next_start(const struct object *object, const struct subject *subject, size_t from,
                              size_t begin, size_t end)
{
    if (end > from || begin == end) {
        return (lua_Integer)end;
    }
    /* \K in a look-behind put the begin of the match before `from`: it would be found again */
    do {
        from++;
    } while (object->utf && from < subject->length && ((unsigned char)subject->text[from] & 0xC0) == 0x80);
    return from <= subject->length ? (lua_Integer)from : -1;
}

/* The iterator of gmatch; upvalues: as in the enum. Behind the last match the offset is -1. */
static int next_match_lj(lua_State *L)
{
    struct object *object = lua_touserdata(L, lua_upvalueindex(GMATCH_OBJECT));
    const char *text = lua_tostring(L, lua_upvalueindex(GMATCH_TEXT));
    const char *repaired = lua_touserdata(L, lua_upvalueindex(GMATCH_SUBJECT));
    const struct subject subject = {.text = repaired != NULL ? repaired : text,
                                    .length = lua_rawlen(L, lua_upvalueindex(GMATCH_TEXT))};
    const lua_Integer from = lua_tointeger(L, lua_upvalueindex(GMATCH_FROM));
    const bool not_empty = lua_toboolean(L, lua_upvalueindex(GMATCH_NOT_EMPTY));
    size_t begin, end;

    if (from < 0 || !match_lj(L, object, &subject, (size_t)from, not_empty, "gmatch")) {
        lua_pushinteger(L, -1);
        lua_replace(L, lua_upvalueindex(GMATCH_FROM));
        lua_pushnil(L);
        return 1;
    }
    regex_group(&object->regex, 0, &begin, &end);
    lua_pushinteger(L, next_start(object, &subject, (size_t)from, begin, end));
    lua_replace(L, lua_upvalueindex(GMATCH_FROM));
    lua_pushboolean(L, begin == end);
    lua_replace(L, lua_upvalueindex(GMATCH_NOT_EMPTY));
    push_match_lj(L, object, text);
    return 1;
}

/* pattern:gmatch(text [, init]): an iterator */
static int object_gmatch_lj(lua_State *L)
{
    struct object *object = check_lj(L, "gmatch");
    const struct subject subject = read_subject_lj(L, object, "gmatch");

    lua_pushvalue(L, 1); /* object */
    lua_pushvalue(L, 2); /* object, text */
    if (subject.index != 2) {
        lua_pushvalue(L, subject.index); /* object, text, copy */
    } else {
        lua_pushnil(L); /* object, text, nil */
    }
    lua_pushinteger(L, subject.start);     /* object, text, copy, from */
    lua_pushboolean(L, 0);                 /* object, text, copy, from, not empty */
    lua_pushcclosure(L, next_match_lj, 5); /* iterator */
    return 1;
}

int luaopen_lure_regex(lua_State *L)
{
    static const luaL_Reg methods[] = {{"match", object_match_lj},
                                       {"find", object_find_lj},
                                       {"gmatch", object_gmatch_lj},
                                       {"test", object_test_lj},
                                       {NULL, NULL}};

    lua_newtable(L);                       /* module */
    lua_pushvalue(L, lua_upvalueindex(2)); /* module, budget */
    lua_newtable(L);                       /* module, budget, metatable */
    lua_pushliteral(L, TYPE);
    lua_setfield(L, -2, "__name"); /* module, budget, metatable */
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable"); /* module, budget, metatable */
    lua_pushcfunction(L, close_lj);
    lua_setfield(L, -2, "__gc");        /* module, budget, metatable */
    luaL_newlib(L, methods);            /* module, budget, metatable, methods */
    lua_setfield(L, -2, "__index");     /* module, budget, metatable */
    lua_pushcclosure(L, compile_lj, 2); /* module, function */
    lua_setfield(L, -2, "compile");     /* module */
    return 1;
}
