/*
 * http_answers: anything as what a handler of lure.http.serve returns (modules/httpmessage.h).
 *
 * It is refused, with a reason, or becomes one answer that a strict parser (llhttp) reads: with the status,
 * with the headers as they were given and those of lure's own, with the body, and with nothing behind it.
 */
#include "input.h"
#include "modules/httpmessage.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_HEADERS 6u

/* Names and values, as they are sent. */
struct lines {
    char *text;
    size_t size;
    FILE *file;
};

static struct lines sent, found;
static char *body;
static size_t body_size;
static unsigned wholes;
static unsigned long answers, refusals; /* with headers */

static _Noreturn void fail(const char *what, const char *text, size_t size)
{
    fprintf(stderr, "http_answers: %s:\n", what);
    fwrite(text, 1, size, stderr);
    fputc('\n', stderr);
    abort();
}

/* ---- what is returned ---- */

/* Bytes of the input, mostly made letters that a value may have. Stack: [] -> [text] */
static void push_text(lua_State *L, unsigned most)
{
    bool any = input_once_in(8);
    size_t size;
    const char *text = input_bytes(1 + input_below(most), &size);
    char letters[64];

    for (size_t i = 0; i < size; i++) {
        letters[i] = (char)(any ? text[i] : ' ' + (unsigned char)text[i] % 95);
    }
    lua_pushlstring(L, letters, size);
}

/* Stack: [] -> [name] */
static void push_name(lua_State *L)
{
    static const char *const names[] = {"X-A",   "x-b",        "X-C",  "Content-Type", "Location",
                                        "Allow", "Set-Cookie", "ETag", "Date",         "content-length"};

    if (input_once_in(16)) {
        push_text(L, 8);
    } else {
        lua_pushstring(L, INPUT_PICK(names));
    }
}

/* Stack: [] -> [status, headers, body] */
static void push_results(lua_State *L)
{
    static const lua_Integer statuses[] = {200, 204, 304, 404, 599, 199, 600, 299};
    unsigned count = input_below(MOST_HEADERS);

    lua_pushinteger(L, INPUT_PICK(statuses));
    lua_newtable(L); /* status, headers */
    for (unsigned i = 0; i < count; i++) {
        push_name(L); /* status, headers, name */
        if (input_once_in(4)) {
            lua_newtable(L); /* status, headers, name, list */
            push_text(L, 16);
            lua_rawseti(L, -2, 1);
            lua_pushinteger(L, (lua_Integer)input_below(1000));
            lua_rawseti(L, -2, 2); /* status, headers, name, list */
        } else {
            push_text(L, 16); /* status, headers, name, value */
        }
        lua_rawset(L, -3); /* status, headers */
    }
    if (input_once_in(4)) {
        lua_pushnil(L);
    } else {
        push_text(L, 64);
    }
}

/* ---- what is read ---- */

static int on_bytes(llhttp_t *parser, const char *at, size_t size)
{
    (void)parser;
    fwrite(at, 1, size, found.file);
    return 0;
}

static int on_part(llhttp_t *parser)
{
    (void)parser;
    fputc('\n', found.file);
    return 0;
}

static int on_body(llhttp_t *parser, const char *at, size_t size)
{
    (void)parser;
    body = realloc(body, body_size + size);
    memcpy(body + body_size, at, size);
    body_size += size;
    return 0;
}

static int on_headers(llhttp_t *parser)
{
    return *(const bool *)parser->data ? 1 : 0; /* HEAD: there is no body */
}

static int on_whole(llhttp_t *parser)
{
    (void)parser;
    wholes++;
    return 0;
}

/* The header lines of a table, in its order, with those of lure's own before them. Stack: [] */
static void write_sent(lua_State *L, int headers, const char *text)
{
    const char *end = strstr(text, "\r\n") + 2;

    /* lure's own: up to the first line that the handler could have given */
    while (strncmp(end, "Date: ", 6) == 0 || strncmp(end, "Server: lure", 12) == 0 ||
           strncmp(end, "Connection: close", 17) == 0 || strncmp(end, "Content-Length: ", 16) == 0) {
        const char *stop = strstr(end, "\r\n"), *colon = strstr(end, ": ");

        fprintf(sent.file, "%.*s\n%.*s\n", (int)(colon - end), end, (int)(stop - colon - 2), colon + 2);
        end = stop + 2;
    }
    lua_pushnil(L);                     /* name */
    while (lua_next(L, headers) != 0) { /* name, value */
        for (int i = 1; i <= 2; i++) {
            if (!lua_istable(L, -1)) {
                lua_pushvalue(L, -1);
                i = 2;
            } else {
                lua_rawgeti(L, -1, i); /* name, value, text */
            }
            fprintf(sent.file, "%s\n%s\n", lua_tostring(L, -3), lua_tostring(L, -1));
            lua_pop(L, 1); /* name, value */
        }
        lua_pop(L, 1); /* name */
    }
}

/* Spaces around a value do not belong to it: the same for what was sent and found. */
static void drop_spaces(struct lines *lines)
{
    size_t kept = 0;

    for (size_t i = 0; i < lines->size; i++) {
        if (lines->text[i] != ' ' && lines->text[i] != '\t') {
            lines->text[kept++] = lines->text[i];
        }
    }
    lines->size = kept;
}

/* Stack: [status, headers, body, text] unchanged */
static void check_answer(lua_State *L, bool is_head)
{
    static const llhttp_settings_t settings = {.on_header_field = on_bytes,
                                               .on_header_value = on_bytes,
                                               .on_header_field_complete = on_part,
                                               .on_header_value_complete = on_part,
                                               .on_headers_complete = on_headers,
                                               .on_body = on_body,
                                               .on_message_complete = on_whole};
    size_t size, wanted = 0;
    const char *text = lua_tolstring(L, 4, &size), *given = lua_tolstring(L, 3, &wanted);
    lua_Integer status = lua_tointeger(L, 1);
    llhttp_t parser;

    sent.file = open_memstream(&sent.text, &sent.size);
    found.file = open_memstream(&found.text, &found.size);
    wholes = 0;
    body_size = 0;
    llhttp_init(&parser, HTTP_RESPONSE, &settings);
    parser.data = &is_head;
    if (llhttp_execute(&parser, text, size) != HPE_OK || wholes != 1 || parser.status_code != status) {
        fail("it is not one answer with that status", text, size);
    }
    write_sent(L, 2, text);
    fclose(sent.file);
    fclose(found.file);
    drop_spaces(&sent);
    drop_spaces(&found);
    if (sent.size != found.size || memcmp(sent.text, found.text, sent.size) != 0) {
        fail("it has other headers", text, size);
    }
    if (is_head || status == 204 || status == 304) {
        wanted = 0;
    }
    if (body_size != wanted || (wanted > 0 && memcmp(body, given, wanted) != 0)) {
        fail("it has another body", text, size);
    }
    free(sent.text);
    free(found.text);
}

static int try_answer(lua_State *L)
{
    struct requestparser request = {.parser.method = HTTP_GET};
    bool is_head = input_once_in(4), keeps_on = input_once_in(2);
    const char *problem;

    if (is_head) {
        request.parser.method = HTTP_HEAD;
    }
    push_results(L); /* status, headers, body */
    problem = httpmessage_push_answer_lj(L, 1, &request, keeps_on);
    if (lua_gettop(L) != (problem == NULL ? 4 : 3) || (problem != NULL && strlen(problem) < 10)) {
        fail("it leaves the stack as it should not", "", 0);
    }
    lua_pushnil(L); /* ..., name */
    if (lua_next(L, 2) != 0) {
        *(problem == NULL ? &answers : &refusals) += 1;
    }
    lua_settop(L, 4);
    if (problem == NULL) {
        check_answer(L, is_head);
    }
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lua_State *L = luaL_newstate();

    input_begin(data, size);
    lua_pushcfunction(L, try_answer);
    if (lua_pcall(L, 0, 0, 0) != LUA_OK) {
        fail(lua_tostring(L, -1), "", 0);
    }
    lua_close(L);
    return 0;
}

void fuzz_end(unsigned long runs)
{
    printf("%lu answers with headers, and %lu refused, in %lu runs\n", answers, refusals, runs);
    if (answers < runs / 20 || refusals < runs / 20) {
        fprintf(stderr, "http_answers: too few to have tried anything\n");
        exit(1);
    }
}
