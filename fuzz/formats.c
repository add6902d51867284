/*
 * formats: makes JSON of any payload in each format (src/format), and fails where that is not strict JSON, as
 * a decoder says that is as simple as RFC 8259 allows; where a text in it is not found at the place in the
 * payload that is told of it; or where it is another when it is made again.
 *
 * The first byte chooses the format. The payload ends where its memory ends. (What formats have to find is
 * compared with references in spec/formats, and the readers of CSV and logfmt in the target records.)
 */
#include "base/utf8.h"
#include "format/format.h"
#include "input.h"
#include "json/jsonscalars.h"
#include "json/jsonscanner.h"
#include "modules/json.h"
#include "referencejson.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST_BYTES 4096u

static lua_State *L;
static struct format formats[16];
static struct format_state states[16];
static size_t format_count;
static const char *chosen;

static _Noreturn void fail(const char *what, const struct format_text *json)
{
    fprintf(stderr, "%s (%s):\n%.*s\n", what, chosen, (int)json->size, json->data);
    abort();
}

static void add_inside(struct format *outer, const char *path, const char *kind)
{
    struct format_inside *inside = &outer->inside[outer->inside_count++];
    char *error;

    inside->path = paths_compile(&path, 1, &error);
    inside->format = calloc(1, sizeof(*inside->format));
    inside->format->kind = format_kind_named(kind);
    inside->format->separator = ',';
}

static bool go_on(void *owner)
{
    (void)owner;
    return true;
}

/* Each kind; CSV with columns and a header, too; two with parts that have formats of their own. */
static void prepare(void)
{
    static char *columns[] = {"a", "", "\"x\"", "\xFF"};
    struct format *format;

    for (const struct format_kind *kind = format_kinds; kind->name != NULL; kind++) {
        formats[format_count] = (struct format){.kind = kind, .separator = ','};
        if (kind->has_pattern) {
            static char pattern[] = "(?<a>[a-z]*)(?:=(\\S+))?(?<b>.)?";
            static char *groups[] = {"", "a", "", "b"};

            formats[format_count].pattern = pattern;
            formats[format_count].columns = (struct format_columns){.names = groups, .count = 4};
        }
        format_count++;
    }
    format = &formats[format_count++];
    *format = (struct format){
        .kind = format_kind_named("csv"), .separator = ';', .columns = {.names = columns, .count = 4}};
    if (!format_make_keys(&format->columns)) {
        abort();
    }
    format = &formats[format_count++];
    *format = (struct format){.kind = format_kind_named("csv"), .separator = ',', .header = true};
    for (size_t i = 0; i < 2; i++) {
        format = &formats[format_count++];
        *format = (struct format){.kind = format_kind_named(i == 0 ? "json" : "logfmt"), .separator = ','};
        format->inside = calloc(3, sizeof(*format->inside));
        add_inside(format, "/a", "json");
        add_inside(format, "/b", "logfmt");
        add_inside(format, "/a/c", "csv");
    }
    for (size_t i = 0; i < format_count; i++) {
        if (!format_open(&states[i], &formats[i], go_on, NULL, NULL)) {
            abort();
        }
    }
    L = luaL_newstate();
    luaL_openlibs(L);
    lua_getglobal(L, "table");
    lua_getfield(L, -1, "sort");
    lua_replace(L, -2);
    json_open_lj(L); /* json */
}

static int decode_lj(lua_State *state)
{
    const struct format_text *json = lua_touserdata(state, 2);

    lua_pushboolean(state, referencejson_decode_lj(state, 1, json->data, json->size));
    return 1;
}

/* The decoder refuses bytes that are not UTF-8, which stay as the payload has them. */
static void check_strict(const struct format_text *json)
{
    char *clean = utf8_copy(json->data, json->size, UTF8_TEXT);
    struct format_text text = {clean, strlen(clean)};

    lua_pushcfunction(L, decode_lj);
    lua_pushvalue(L, 1);
    lua_pushlightuserdata(L, &text);
    if (lua_pcall(L, 2, 1, 0) != LUA_OK || !lua_toboolean(L, -1)) {
        fail("no strict JSON", json);
    }
    lua_settop(L, 1);
    free(clean);
}

static bool is_digits(const char *at, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (at[i] < '0' || at[i] > '9') {
            return false;
        }
    }
    return true;
}

/* A value that stands in the payload as it is must be there. */
static void check_origin(struct format_state *format, const char *payload, size_t size, struct pool *pool,
                         struct json_origins *origins, const struct format_text *json, const char *at,
                         const char *close)
{
    uint32_t start, length;

    if (!format_origin(format, payload, size, pool, origins, (uint32_t)(at - json->data), &start, &length)) {
        fail("a text whose place is not known", json);
    }
    if (start > size || length > size - start) {
        fail("a place outside of the payload", json);
    }
    if (is_digits(payload + start, length)) {
        return; /* a priority of syslog has several meanings */
    }
    if (memchr(payload + start, '\\', length) != NULL) {
        return; /* an escape may be as long as what it stands for */
    }
    if (memchr(at, '\\', (size_t)(close - at)) == NULL && length == (size_t)(close - at - 1) &&
        memcmp(payload + start, at + 1, length) != 0) {
        fail("a text that is not where it should be", json);
    }
    if (length > (size_t)(close - at - 1) && memchr(payload + start, '"', length) == NULL) {
        fail("a text that is shorter than what stands for it, without an escape", json);
    }
}

/* All values of a flat object or list; what is nested is only passed over. */
static void check_origins(struct format_state *format, const char *payload, size_t size, struct pool *pool,
                          const struct format_text *json)
{
    const char *at = json->data + 1, *end = json->data + json->size;
    struct json_origins origins = {0};

    while (at < end && *at != '}' && *at != ']') {
        bool escaped;
        const char *close = *at == '"' ? json_string_end(at + 1, end, &escaped) : NULL;

        if (close == NULL) {
            at++; /* a comma, a colon, a bracket or a word */
        } else {
            if (close + 1 < end && close[1] != ':') {
                check_origin(format, payload, size, pool, &origins, json, at, close);
            }
            at = close + 1;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct format_state *state;
    const struct format *format;
    struct pool pool = {0};
    struct format_text json, again;
    char *payload;

    if (L == NULL) {
        prepare();
    }
    if (size == 0 || size > MOST_BYTES) {
        return 0;
    }
    state = &states[data[0] % format_count];
    format = state->format;
    chosen = format->kind->name;
    payload = malloc(size - 1 > 0 ? size - 1 : 1);
    memcpy(payload, data + 1, size - 1);
    if (format_to_json(state, payload, size - 1, &pool, &json) != FORMAT_DONE ||
        format_to_json(state, payload, size - 1, &pool, &again) != FORMAT_DONE) {
        json = (struct format_text){"", 0};
        fail("out of memory", &json);
    }
    if (json.size != again.size || (json.size > 0 && memcmp(json.data, again.data, json.size) != 0)) {
        fail("another text the second time", &json);
    }
    if (json.size > 0 && format->kind->write != NULL && format->inside_count == 0) {
        check_strict(&json);
        check_origins(state, payload, size - 1, &pool, &json);
    }
    pool_free(&pool);
    free(payload);
    return 0;
}
