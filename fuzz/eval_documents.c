/*
 * eval_documents: direct evaluation (lua/eval.h) of documents, loops over them, and lists, against Lua's VM.
 *
 * The last TAIL bytes of the input make a function, what is before them the document that it is called with;
 * or it is one of TEXTS, where that is none. What eval_result returns, Lua has to return, too.
 */
#include "input.h"
#include "jsontext.h"
#include "lua/eval.h"
#include "modules/json.h"
#include "modules/json_eval.h"

#include "json/jsonscanner.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define TAIL       64u
#define MOST_BYTES 4096u

enum { PARSE = 1, FUNCTION };

static char source[MOST_BYTES];
static size_t length;
static unsigned loops; /* around what is added */

__attribute__((format(printf, 1, 2))) static void add(const char *format, ...)
{
    va_list arguments;
    int added;

    va_start(arguments, format);
    added = vsnprintf(source + length, MOST_BYTES - length, format, arguments);
    va_end(arguments);
    length += (size_t)added < MOST_BYTES - length ? (size_t)added : MOST_BYTES - length - 1;
}

static void add_expression(unsigned depth)
{
    static const char *const keys[] = {"a", "a", "b", "b", "c", "user", "spec", "x", "get", "table"};
    static const char *const atoms[] = {"0", "'a'", "true", "nil", "x", "x", "i", "i", "#out", "out"};
    static const char *const binary[] = {"==", "~=", "and", "or", "<", "+"};

    switch (depth == 0 ? input_below(4) : input_below(10)) {
    case 0:
        add("%s", INPUT_PICK(atoms));
        break;
    case 1:
        add("value");
        break;
    case 2:
        add("v.%s", INPUT_PICK(keys));
        break;
    case 3:
        add("v");
        break;
    case 4:
    case 5:
        add("(");
        add_expression(depth - 1);
        add(")[%u]", input_below(4));
        break;
    case 6:
        add("(");
        add_expression(depth - 1);
        add(" %s ", INPUT_PICK(binary));
        add_expression(depth - 1);
        add(")");
        break;
    case 7:
        add("value.%s", INPUT_PICK(keys));
        break;
    case 8:
        add("value.%s.%s", INPUT_PICK(keys), INPUT_PICK(keys));
        break;
    default:
        add("(parse(text) or value).%s", INPUT_PICK(keys));
    }
}

static void add_statements(unsigned depth);

static void add_loop(unsigned depth)
{
    add("for i, v in %s(", input_once_in(12) ? "pairs" : "ipairs");
    if (input_once_in(3)) {
        add("value");
    } else {
        add_expression(1);
    }
    add(") do\n");
    loops++;
    add_statements(depth - 1);
    loops--;
    add("end\n");
}

static void add_statements(unsigned depth)
{
    for (unsigned i = depth == 0 ? 0 : 1 + input_below(3); i > 0; i--) {
        switch (input_below(9)) {
        case 0:
        case 1:
            add_loop(depth);
            break;
        case 2:
        case 3:
            add("out[#out + 1] = ");
            add_expression(1);
            add("\n");
            break;
        case 4:
            add("if ");
            add_expression(1);
            add(" then\n");
            add_statements(depth - 1);
            add("%s end\n", loops > 0 && input_once_in(3) ? "break" : "");
            break;
        case 5:
            add(loops > 0 && input_once_in(2) ? "local x = " : "x = ");
            add_expression(1);
            add("\n");
            break;
        case 6:
            add("do return ");
            add_expression(1);
            add(" end\n");
            break;
        case 7:
            add("if i == %u then x = v%s end\n", 1 + input_below(2), input_once_in(2) ? ".a" : "");
            break;
        default:
            add("do local y = ");
            add_expression(2);
            add("\nx = y end\n");
        }
    }
}

static void make_source(void)
{
    length = 0;
    add("local text, i, v, parse = '{\"a\": [1, {\"b\": \"text\"}]}', 7, nil, ...\n"
        "return function(value)\nlocal x, out = 0%s\n",
        input_once_in(4) ? "" : ", {}");
    add_statements(3);
    add("return %s\nend\n", input_once_in(4) ? "x" : "out");
}

static _Noreturn void fail(const char *what, const struct eval_text *text)
{
    fprintf(stderr, "eval_documents: %s:\n%s", what, source);
    fwrite(text->data, 1, text->size, stderr);
    fputc('\n', stderr);
    abort();
}

/* Is the value at the top what the answer says? Stack: unchanged */
static bool is_same(lua_State *L, const struct eval_value *answer)
{
    const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL, *end;
    const struct eval_text *part = &answer->text;

    switch (answer->kind) {
    case EVAL_NIL:
        return lua_isnil(L, -1);
    case EVAL_BOOLEAN:
        return lua_isboolean(L, -1) && lua_toboolean(L, -1) == answer->boolean;
    case EVAL_INTEGER:
        return lua_isinteger(L, -1) && lua_tointeger(L, -1) == answer->integer;
    case EVAL_TEXT:
        return text != NULL && lua_rawlen(L, -1) == part->size && memcmp(text, part->data, part->size) == 0;
    case EVAL_DOCUMENT:
        text = json_document_text(L, -1, &end);
        return text != NULL && json_container_end(part->data, part->data + part->size) == NULL
                   ? end == NULL
                   : end != NULL && memcmp(text, part->data, (size_t)(end - text)) == 0;
    case EVAL_LIST:
        if (!lua_istable(L, -1) || lua_rawlen(L, -1) != (size_t)answer->list->count) {
            return false;
        }
        for (int i = 0; i < answer->list->count; i++) {
            lua_rawgeti(L, -1, i + 1);
            if (!is_same(L, &answer->list->values[i])) {
                return false;
            }
            lua_pop(L, 1);
        }
        return true;
    case EVAL_KEPT:
    case EVAL_RECORD: /* no results */
        break;
    }
    return false;
}

static unsigned long answers, lists;

/* Calls the function at FUNCTION and evaluates it, with a document of the text. */
static void compare(lua_State *L, const struct eval_known *known, const struct eval_text *text)
{
    struct eval_function *function = eval_function_new(L, FUNCTION);
    struct eval_value document, answer;
    bool answered = function != NULL && json_eval_documents.open(text, &document) &&
                    eval_result(L, function, known, &document, 1, &answer);

    if (answered) {
        lua_pushvalue(L, FUNCTION);                 /* function */
        lua_pushvalue(L, PARSE);                    /* function, parse */
        lua_pushlstring(L, text->data, text->size); /* function, parse, text */
        if (lua_pcall(L, 1, 1, 0) != LUA_OK ||      /* function, document */
            lua_pcall(L, 1, 1, 0) != LUA_OK) {      /* result */
            fprintf(stderr, "%s\n", lua_tostring(L, -1));
            fail("an answer where Lua throws", text);
        }
        if (!is_same(L, &answer)) {
            fprintf(stderr, "Lua: %s\n", luaL_tolstring(L, -1, NULL));
            fail("another answer than Lua's", text);
        }
        answers++;
        lists += answer.kind == EVAL_LIST && answer.list->count > 0;
    }
    eval_function_free(function);
}

static const char *const texts[] = {
    "[{\"a\": \"x\", \"b\": [1, 2]}, {\"a\": \"y\", \"b\": []}, {\"b\": \"z\", \"c\": true}]",
    "{\"a\": [\"x\", \"y\", \"z\"], \"b\": {\"a\": 7, \"b\": \"text\"}, \"c\": [[1], [2, 3], {}]}",
    "{\"user\": {\"a\": \"x\\n\"}, \"spec\": [{\"a\": null}, {\"a\": 1.5}], \"a\": [1, 2, 3]}",
    "[[{\"a\": 1}], [{\"a\": 2}, {\"a\": 3}], [], 4]",
    "{\"a\": [{\"a\": \"x\"}, {\"a\": \"y\"}",
    " {\"b\": [1, , 2], \"a\": [1 2]}",
    "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]"};

static void prepare(lua_State *L, struct eval_known *known)
{
    static struct eval_list list;

    luaL_openlibs(L);
    eval_know_lj(L, known);
    known->documents = &json_eval_documents;
    known->list = &list;
    lua_pushnil(L);  /* sort: nothing here encodes */
    json_open_lj(L); /* json */
    lua_pop(L, 1);
    lua_pushcfunction(L, json_parse_lj); /* parse */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct eval_known known;
    static lua_State *L;
    size_t text_size = size > TAIL ? size - TAIL : 0;
    const uint8_t *text;
    struct eval_text made;
    struct eval_value document;

    if (L == NULL) {
        L = luaL_newstate();
        prepare(L, &known);
    }
    if (text_size == 0) {
        return 0;
    }
    text = jsontext_of(data, &text_size);
    input_begin(data + size - TAIL, TAIL);
    made = (struct eval_text){(const char *)text, text_size};
    if (!json_eval_documents.open(&made, &document)) {
        made.data = INPUT_PICK(texts);
        made.size = strlen(made.data);
    }
    make_source();
    lua_settop(L, PARSE);
    if (length + 1 == MOST_BYTES) {
        return 0; /* it has no end */
    }
    if (luaL_loadstring(L, source) != LUA_OK) { /* parse, chunk */
        fail(lua_tostring(L, -1), &made);
    }
    lua_pushvalue(L, PARSE);
    lua_call(L, 1, 1); /* parse, function */
    compare(L, &known, &made);
    return 0;
}

void fuzz_end(unsigned long runs)
{
    printf("%lu calls answered without one, %lu of them with a list, in %lu runs\n", answers, lists, runs);
    if (answers < runs / 20 || lists < runs / 1000) {
        fprintf(stderr, "eval_documents: too few to have tried anything\n");
        exit(1);
    }
}
