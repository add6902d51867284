/*
 * patterns: Lua's string library as we build it (src/lua/patterns.h) beside the one that Debian ships, in one
 * Lua state: find, match, gmatch and gsub of any pattern and subject answer the same, errors included.
 */
#include "input.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>

int stock_open_string(lua_State *L); /* luaopen_string of stock sources: fuzz/CMakeLists.txt */

/* What stands on the stack: both libraries, and a table for gsub. */
enum { OURS = 1, STOCK, REPLACEMENTS };

#define MOST_BYTES 256u

struct text {
    char bytes[MOST_BYTES];
    size_t size;
};

static void add(struct text *text, const char *bytes, size_t size)
{
    if (size <= MOST_BYTES - text->size) {
        memcpy(text->bytes + text->size, bytes, size);
        text->size += size;
    }
}

static void add_word(struct text *text, const char *word)
{
    add(text, word, strlen(word));
}

static bool narrow;      /* few different bytes: more meet what they look for */
static unsigned repeats; /* that a pattern may still have: the time grows with the length to their number */

static void make_subject(struct text *subject)
{
    static const char wide_bytes[] = "abab c,=1x%[]-.\0\xff()", narrow_bytes[] = "ab";
    static const unsigned most[] = {4, 13, 41};

    for (unsigned i = input_below(INPUT_PICK(most)); i > 0; i--) {
        unsigned at = input_below(narrow ? sizeof(narrow_bytes) - 1 : sizeof(wide_bytes) - 1);

        add(subject, narrow ? &narrow_bytes[at] : &wide_bytes[at], 1);
    }
}

static void add_single(struct text *pattern)
{
    static const char *const wide[] = {
        "a",     "b",     "c",     "x",   " ",    ",",     "=",    ".",  ".",  "%a",   "%d",   "%s",
        "%S",    "%w",    "%W",    "%.",  "%%",   "%[",    "%-",   "%z", "%q", "[ab]", "[^a]", "[^,]",
        "[^ab]", "[a-c]", "[%w=]", "[]]", "[^]]", "[^%s]", "\xff", "^",  "$",  "]"};
    static const char *const narrow_ones[] = {"a", "b", "a", "b", ".", "[ab]", "%a", "[^a]"};
    static const char *const suffixes[] = {"", "", "", "", "*", "+", "-", "?"};
    const char *suffix;

    if (!narrow && input_below(34) == 33) {
        add(pattern, "", 1);
    } else {
        add_word(pattern, narrow ? INPUT_PICK(narrow_ones) : INPUT_PICK(wide));
    }
    suffix = INPUT_PICK(suffixes);
    if (*suffix != '\0' && repeats > 0) {
        repeats--;
        add_word(pattern, suffix);
    }
}

/* An item of a pattern, or a group of some. */
static void add_item(struct text *pattern, unsigned depth)
{
    static const char *const others[] = {"%b()", "%bab", "%f[%w]", "%f[^,]", "%1", "%2", "%",  "[",
                                         "[^",   "[a",   "%f",     "%b",     "(",  ")",  "()", "(()"};
    unsigned kind = input_below(36);

    if (kind == 35) {
        add_word(pattern, INPUT_PICK(others));
    } else if (kind >= 27 && depth > 0) {
        add_word(pattern, "(");
        for (unsigned i = input_below(4); i > 0; i--) {
            add_item(pattern, depth - 1);
        }
        add_word(pattern, ")");
    } else {
        add_single(pattern);
    }
}

static void make_pattern(struct text *pattern)
{
    static const unsigned most[] = {3, 6, 9};

    repeats = 4;
    if (input_below(6) == 5) {
        add_word(pattern, "^");
    }
    if (input_below(256) == 255) { /* more captures than there may be */
        for (unsigned i = 28 + input_below(9); i > 0; i--) {
            add_word(pattern, "(");
        }
    }
    for (unsigned i = input_below(INPUT_PICK(most)); i > 0; i--) {
        add_item(pattern, 2);
    }
    if (input_below(6) == 5) {
        add_word(pattern, "$");
    }
}

enum call { FIND, MATCH, GMATCH, GSUB_WHOLE, GSUB_CAPTURE, GSUB_TABLE, CALLS };

static const char *const names[CALLS] = {"find", "match", "gmatch", "gsub", "gsub", "gsub"};

struct question {
    struct text subject, pattern;
    enum call call;
    lua_Integer init, most; /* most: of gsub */
};

/* All that an iterator finds, as values on the stack. Stack: [..., iterator] -> [..., found...] */
static void iterate_lj(lua_State *L)
{
    int iterator = lua_gettop(L);

    for (unsigned i = 0; i < 30; i++) {
        int base = lua_gettop(L);

        luaL_checkstack(L, 40, "captures");
        lua_pushvalue(L, iterator);
        lua_call(L, 0, LUA_MULTRET);
        if (lua_isnoneornil(L, base + 1)) {
            lua_settop(L, base);
            break;
        }
    }
    lua_remove(L, iterator);
}

/* Stack: [question, library] -> [results...] */
static int answer_lj(lua_State *L)
{
    const struct question *question = lua_touserdata(L, 1);

    lua_getfield(L, 2, names[question->call]);                           /* function */
    lua_pushlstring(L, question->subject.bytes, question->subject.size); /* function, subject */
    lua_pushlstring(L, question->pattern.bytes, question->pattern.size); /* function, subject, pattern */
    if (question->call < GSUB_WHOLE) {
        lua_pushinteger(L, question->init);
        lua_call(L, 3, LUA_MULTRET);
    } else {
        if (question->call == GSUB_TABLE) {
            lua_pushvalue(L, 3);
        } else {
            lua_pushstring(L, question->call == GSUB_WHOLE ? "<%0>" : "%1");
        }
        lua_pushinteger(L, question->most);
        lua_call(L, 4, LUA_MULTRET);
    }
    if (question->call == GMATCH) {
        iterate_lj(L);
    }
    return lua_gettop(L) - 3;
}

/* Asks one library. Stack: [...] -> [..., results or message]; how many. */
static int ask(lua_State *L, struct question *question, int library, int *status)
{
    int base = lua_gettop(L);

    lua_pushcfunction(L, answer_lj);
    lua_pushlightuserdata(L, question);
    lua_pushvalue(L, library);
    lua_pushvalue(L, REPLACEMENTS);
    *status = lua_pcall(L, 3, LUA_MULTRET, 0);
    return lua_gettop(L) - base;
}

static _Noreturn void fail(lua_State *L, const struct question *question, int mine, int its)
{
    fprintf(stderr, "%s of \"", names[question->call]);
    fwrite(question->subject.bytes, 1, question->subject.size, stderr);
    fprintf(stderr, "\" and pattern \"");
    fwrite(question->pattern.bytes, 1, question->pattern.size, stderr);
    fprintf(stderr, "\" from %d, at most %d:", (int)question->init, (int)question->most);
    for (int i = 0; i < mine + its; i++) {
        fprintf(stderr, "%s%s", i == mine ? ", but Lua has: " : " ",
                luaL_tolstring(L, REPLACEMENTS + 1 + i, NULL));
        lua_pop(L, 1);
    }
    fputc('\n', stderr);
    abort();
}

static lua_State *prepare(void)
{
    lua_State *L = luaL_newstate();

    lua_pushcfunction(L, stock_open_string);
    lua_call(L, 0, 1); /* stock */
    luaL_openlibs(L);  /* the methods of strings are ours */
    lua_getglobal(L, "string");
    lua_insert(L, OURS);      /* ours, stock */
    lua_createtable(L, 1, 1); /* ours, stock, replacements */
    lua_pushliteral(L, "A");
    lua_setfield(L, REPLACEMENTS, "a");
    lua_pushliteral(L, "1");
    lua_rawseti(L, REPLACEMENTS, 1);
    return L;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static lua_State *L;
    struct question question = {.init = 1};
    int mine, its, my_status, its_status;

    if (L == NULL) {
        L = prepare();
    }
    input_begin(data, size);
    question.call = input_below(CALLS);
    narrow = input_once_in(2);
    if (input_below(4) == 3) {
        question.init = (lua_Integer)input_below(51) - 5;
    }
    question.most = question.call == GSUB_CAPTURE ? (lua_Integer)input_below(4) : 1000;
    make_pattern(&question.pattern);
    make_subject(&question.subject);
    lua_settop(L, REPLACEMENTS);
    mine = ask(L, &question, OURS, &my_status);
    its = ask(L, &question, STOCK, &its_status);
    if (mine != its || my_status != its_status) {
        fail(L, &question, mine, its);
    }
    for (int i = 1; i <= mine; i++) {
        if (!lua_rawequal(L, REPLACEMENTS + i, REPLACEMENTS + mine + i)) {
            fail(L, &question, mine, its);
        }
    }
    return 0;
}
