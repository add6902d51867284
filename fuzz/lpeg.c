/*
 * lpeg: patterns made of LPeg's operators match texts as a naive reading of the pattern does, with the same
 * captures; and any bytes as a grammar of `re` compile, or are refused with a text, and end with the steps
 * that they may take.
 */
#include "modules/lpeg.h"
#include "input.h"
#include "lua/budget.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_NODES    60
#define MOST_CAPTURES 400
#define MOST_WINDOWS  40

enum kind { BYTES, ANY, SET, SEQUENCE, CHOICE, REPEAT, NOT, AND, CAPTURE };

struct node {
    enum kind kind;
    const char *text; /* of BYTES, SET */
    const struct node *left, *right;
};

static struct node nodes[MOST_NODES];
static unsigned node_count, capture_count;
static size_t captures[MOST_CAPTURES][2];
static const char *text;
static size_t text_length;
static lua_State *L;
static struct budget budget;
static unsigned windows;
static bool too_many; /* captures */

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "%s: text \"%.*s\", %u nodes\n", what, (int)text_length, text, node_count);
    abort();
}

/* ---- the naive reading ---- */

/* Where the match of the node ends that begins at `at`; -1: there is none. */
static long read(const struct node *node, long at)
{
    const unsigned before = capture_count;
    long end, next;
    unsigned mine;

    switch (node->kind) {
    case BYTES:
        return strncmp(text + at, node->text, strlen(node->text)) == 0 ? at + (long)strlen(node->text) : -1;
    case ANY:
        return (size_t)at < text_length ? at + 1 : -1;
    case SET:
        return (size_t)at < text_length && strchr(node->text, text[at]) != NULL ? at + 1 : -1;
    case SEQUENCE:
        end = read(node->left, at);
        return end >= 0 ? read(node->right, end) : -1;
    case CHOICE:
        end = read(node->left, at);
        if (end >= 0) {
            return end;
        }
        capture_count = before;
        return read(node->right, at);
    case REPEAT:
        for (;; at = next) {
            mine = capture_count;
            next = read(node->left, at);
            if (next < 0) {
                capture_count = mine;
                return at;
            }
        }
    case NOT:
    case AND:
        end = read(node->left, at);
        capture_count = before;
        return (end >= 0) == (node->kind == AND) ? at : -1;
    case CAPTURE:
        mine = capture_count++;
        if (mine >= MOST_CAPTURES) {
            too_many = true; /* the run is not compared */
            return -1;
        }
        end = read(node->left, at);
        captures[mine][0] = (size_t)at;
        captures[mine][1] = (size_t)end;
        return end;
    }
    return -1;
}

/* ---- the same for LPeg ---- */

static void call_lj(const char *function, int arguments)
{
    lua_getfield(L, 1, function); /* ..., arguments, function */
    lua_insert(L, -1 - arguments);
    lua_call(L, arguments, 1);
}

/* Stack: [lpeg, ...] -> [..., pattern] */
static const struct node *make_lj(unsigned depth)
{
    static const char *const words[] = {"a", "b", "ab", "ba", "", "c", "aab"}, *const sets[] = {"ab", "bc",
                                                                                                "", "abc"};
    const unsigned kind = depth > 0 && node_count < MOST_NODES - 8 ? input_below(12) : input_below(3);
    struct node *node = &nodes[node_count++];

    luaL_checkstack(L, 10, NULL);
    switch (kind) {
    case 0:
        *node = (struct node){.kind = BYTES, .text = INPUT_PICK(words)};
        lua_pushstring(L, node->text);
        call_lj("P", 1);
        break;
    case 1:
        *node = (struct node){.kind = ANY};
        lua_pushinteger(L, 1);
        call_lj("P", 1);
        break;
    case 2:
        *node = (struct node){.kind = SET, .text = INPUT_PICK(sets)};
        lua_pushstring(L, node->text);
        call_lj("S", 1);
        break;
    case 3:
    case 4:
    case 5:
        *node = (struct node){.kind = SEQUENCE};
        node->left = make_lj(depth - 1);
        node->right = make_lj(depth - 1);
        lua_arith(L, LUA_OPMUL);
        break;
    case 6:
    case 7:
        *node = (struct node){.kind = CHOICE};
        node->left = make_lj(depth - 1);
        node->right = make_lj(depth - 1);
        lua_arith(L, LUA_OPADD);
        break;
    case 8:
        *node = (struct node){.kind = REPEAT};
        node->left = make_lj(depth - 1);
        lua_pushinteger(L, 0);
        lua_arith(L, LUA_OPPOW); /* throws where the body may be empty */
        break;
    case 9:
        *node = (struct node){.kind = NOT};
        node->left = make_lj(depth - 1);
        lua_arith(L, LUA_OPUNM);
        break;
    case 10:
        *node = (struct node){.kind = AND};
        node->left = make_lj(depth - 1);
        lua_len(L, -1);
        lua_remove(L, -2);
        break;
    default:
        *node = (struct node){.kind = CAPTURE};
        node->left = make_lj(depth - 1);
        call_lj("C", 1);
        break;
    }
    return node;
}

/* Stack: [lpeg] */
static int compare_lj(lua_State *state)
{
    const struct node *node;
    int results;
    long end;

    (void)state;
    node = make_lj(6); /* lpeg, pattern */
    lua_getfield(L, 1, "match");
    lua_insert(L, -2); /* lpeg, match, pattern */
    lua_pushlstring(L, text, text_length);
    lua_call(L, 2, LUA_MULTRET);
    results = lua_gettop(L) - 1; /* lpeg, results */
    capture_count = 0;
    too_many = false;
    end = read(node, 0);
    if (too_many) {
        return 0;
    }
    if (end < 0 ? !lua_isnil(L, 2) || results != 1
                : capture_count == 0 && (results != 1 || lua_tointeger(L, 2) != end + 1)) {
        fail("LPeg's match ends elsewhere");
    }
    if (end >= 0 && capture_count > 0 && (unsigned)results != capture_count) {
        fail("LPeg has another number of captures");
    }
    for (unsigned i = 0; end >= 0 && i < capture_count; i++) {
        size_t length;
        const char *value = lua_tolstring(L, 2 + (int)i, &length);

        if (value == NULL || length != captures[i][1] - captures[i][0] ||
            memcmp(value, text + captures[i][0], length) != 0) {
            fail("LPeg captures something else");
        }
    }
    return 0;
}

/* ---- re ---- */

/* Stack: [lpeg, grammar] */
static int compile_lj(lua_State *state)
{
    luaL_requiref(state, "re", luaopen_re, 0); /* lpeg, grammar, re */
    lua_getfield(state, -1, "compile");
    lua_pushvalue(state, 2);
    lua_call(state, 1, 1); /* lpeg, grammar, re, pattern */
    lua_getfield(state, 1, "match");
    lua_insert(state, -2);
    lua_pushlstring(state, text, text_length);
    lua_call(state, 2, 0);
    return 0;
}

static void look_lj(lua_State *state, size_t ahead)
{
    windows += 1 + (unsigned)(ahead / BUDGET_WINDOW);
    if (windows > 10 * MOST_WINDOWS) {
        fail("goes on although its time is over");
    }
    if (windows > MOST_WINDOWS) {
        budget_empty(state);
        luaL_error(state, "its time is over");
    }
    budget_fill(state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char letters[] = "abc";
    static char made[24];
    bool is_re;

    input_begin(data, size);
    L = luaL_newstate();
    luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
    luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
    lua_settop(L, 0);
    windows = 0;
    node_count = 0;
    is_re = input_below(2) != 0;
    text_length = input_below(sizeof(made));
    for (size_t i = 0; i < text_length; i++) {
        made[i] = letters[input_below(sizeof(letters) - 1)];
    }
    made[text_length] = '\0';
    text = made;
    budget_open(L, &budget, look_lj);
    lua_pushcfunction(L, is_re ? compile_lj : compare_lj); /* function */
    luaL_requiref(L, "lpeg", luaopen_lpeg, 0);             /* function, lpeg */
    if (is_re) {
        size_t length;
        const char *grammar = input_bytes(300, &length);

        lua_pushlstring(L, grammar, length); /* function, lpeg, grammar */
    }
    if (lua_pcall(L, lua_gettop(L) - 1, 0, 0) != LUA_OK && lua_type(L, -1) != LUA_TSTRING) {
        fail("an error is no text");
    }
    windows = 0; /* for what closes */
    lua_close(L);
    return 0;
}
