#include "modules/text.h"

#include "base/utf8.h"
#include "event/value.h"
#include "lua/budget.h"
#include "modules/options.h"
#include "text/glob.h"
#include "text/logfmt.h"
#include "text/urlcode.h"

#include <lauxlib.h>
#include <string.h>

#define MODULE "lure.text."

/* Bytes that take about a unit of the time budget, and units of a value that is made. */
#define BYTES_OF_UNIT  2
#define UNITS_OF_VALUE 100

/* Bytes that a pattern is matched for between two looks at the time budget. */
#define GLOB_BYTES 4096

static const char white[] = " \t\n\v\f\r";

static bool is_white(char letter)
{
    return memchr(white, letter, sizeof(white) - 1) != NULL;
}

/* The text at `index`, charged for. */
static const char *check_text_lj(lua_State *L, int index, const char *function, const char *argument,
                                 size_t *length)
{
    const char *text = options_text_lj(L, index, MODULE, function, argument, length);

    budget_charge_lj(L, UNITS_OF_VALUE + *length / BYTES_OF_UNIT);
    return text;
}

static void push_part_lj(lua_State *L, const char *from, const char *to)
{
    budget_charge_lj(L, UNITS_OF_VALUE);
    lua_pushlstring(L, from, (size_t)(to - from));
}

/* ---- split, trim ---- */

/* Stack: [..., list] unchanged; the list gets parts between white space */
static void split_words_lj(lua_State *L, const char *at, const char *end, lua_Integer most)
{
    for (lua_Integer count = 1;; count++) {
        const char *begin;

        while (at < end && is_white(*at)) {
            at++;
        }
        if (at == end) {
            return;
        }
        begin = at;
        while (at < end && (count == most || !is_white(*at))) {
            at++;
        }
        push_part_lj(L, begin, at); /* ..., list, part */
        lua_rawseti(L, -2, count);  /* ..., list */
    }
}

/* Stack: [..., list] unchanged; the list gets parts between separators */
static void split_at_lj(lua_State *L, const char *at, const char *end, const char *separator, size_t size,
                        lua_Integer most)
{
    for (lua_Integer count = 1;; count++) {
        const char *stop = count < most ? memmem(at, (size_t)(end - at), separator, size) : NULL;

        push_part_lj(L, at, stop != NULL ? stop : end); /* ..., list, part */
        lua_rawseti(L, -2, count);                      /* ..., list */
        if (stop == NULL) {
            return;
        }
        at = stop + size;
    }
}

/* lure.text.split(text [, separator [, most]]) */
static int split_lj(lua_State *L)
{
    size_t length, size = 0;
    const char *text = check_text_lj(L, 1, "split", "text", &length);
    const char *separator = lua_isnoneornil(L, 2) ? NULL : check_text_lj(L, 2, "split", "separator", &size);
    lua_Integer most = LUA_MAXINTEGER;
    char got[96];

    if (separator != NULL && size == 0) {
        return luaL_error(L, MODULE "split: separator: expected a text that is not empty");
    }
    if (!lua_isnoneornil(L, 3)) {
        most = lua_isinteger(L, 3) ? lua_tointeger(L, 3) : 0;
        if (most < 1) {
            value_describe(L, 3, got, sizeof(got));
            return luaL_error(L, MODULE "split: most: expected an integer from 1, got %s", got);
        }
    }
    lua_newtable(L); /* ..., list */
    if (separator == NULL) {
        split_words_lj(L, text, text + length, most);
    } else {
        split_at_lj(L, text, text + length, separator, size, most);
    }
    return 1;
}

/* lure.text.trim(text) */
static int trim_lj(lua_State *L)
{
    size_t length;
    const char *text = check_text_lj(L, 1, "trim", "text", &length), *end = text + length;

    while (text < end && is_white(*text)) {
        text++;
    }
    while (text < end && is_white(end[-1])) {
        end--;
    }
    lua_pushlstring(L, text, (size_t)(end - text));
    return 1;
}

/* ---- logfmt ---- */

/* Stack: [...] -> [..., value]. False: it is no valid one, and nothing is pushed. */
static bool push_logfmt_value_lj(lua_State *L, const struct logfmt_pair *pair)
{
    luaL_Buffer buffer;
    size_t length;
    char *to;

    if (pair->alone) {
        lua_pushboolean(L, 1);
        return true;
    }
    if (!pair->escaped) {
        lua_pushlstring(L, pair->value, pair->value_length);
        return true;
    }
    to = luaL_buffinitsize(L, &buffer, LOGFMT_MOST_UNQUOTED(pair->value_length));
    if (!logfmt_unquote(pair, to, &length)) {
        return false;
    }
    luaL_pushresultsize(&buffer, length);
    return true;
}

/* lure.text.logfmt(text): a table, or nil and what is wrong */
static int logfmt_lj(lua_State *L)
{
    size_t length;
    const char *text = check_text_lj(L, 1, "logfmt", "text", &length), *problem = NULL;
    struct logfmt logfmt = {.at = text, .end = text + length};
    struct logfmt_pair pair;
    enum logfmt_result result;

    lua_newtable(L); /* ..., table */
    while ((result = logfmt_next(&logfmt, &pair, &problem)) == LOGFMT_PAIR) {
        push_part_lj(L, pair.key, pair.key + pair.key_length); /* ..., table, key */
        if (!push_logfmt_value_lj(L, &pair)) {
            logfmt.at = pair.value;
            problem = "a quoted value with an escape or a control character that is none of its";
            break;
        }
        lua_rawset(L, -3); /* ..., table */
    }
    if (problem != NULL) {
        lua_pushnil(L);
        lua_pushfstring(L, "byte %I: %s", (LUAI_UACINT)(logfmt.at - text + 1), problem);
        return 2;
    }
    return 1;
}

/* ---- csv ---- */

void text_push_csv_lj(lua_State *L, const struct csv_value *value)
{
    luaL_Buffer buffer;

    if (value->doubled) {
        luaL_buffinitsize(L, &buffer, value->length);
        luaL_pushresultsize(&buffer, csv_copy(value, luaL_buffaddr(&buffer)));
    } else {
        lua_pushlstring(L, value->text, value->length);
    }
}

/* Reads a record into the table at the top. 0, or the number of the value that has no column. `columns`:
 * their index, or 0. Stack: [..., record] unchanged */
static lua_Integer read_record_lj(lua_State *L, struct csv *csv, int columns, const char **problem)
{
    struct csv_value value = {.last = false};

    for (lua_Integer number = 1; !value.last; number++) {
        *problem = csv_next(csv, &value);
        if (*problem != NULL) {
            return 0;
        }
        budget_charge_lj(L, UNITS_OF_VALUE);
        if (columns == 0) {
            text_push_csv_lj(L, &value); /* ..., record, value */
            lua_rawseti(L, -2, number);  /* ..., record */
            continue;
        }
        if (lua_rawgeti(L, columns, number) == LUA_TNIL) { /* ..., record, name */
            lua_pop(L, 1);                                 /* ..., record */
            return number;
        }
        text_push_csv_lj(L, &value); /* ..., record, name, value */
        lua_rawset(L, -3);           /* ..., record */
    }
    return 0;
}

/* Reads the option `separator`. Stack: [text, options] unchanged */
static char check_separator_lj(lua_State *L)
{
    char separator = ',', got[96];

    if (lua_getfield(L, 2, "separator") != LUA_TNIL) { /* text, options, value */
        separator = lua_type(L, 3) == LUA_TSTRING && lua_rawlen(L, 3) == 1 ? *lua_tostring(L, 3) : '"';
        if (separator == '"' || separator == '\n' || separator == '\r') {
            value_describe(L, 3, got, sizeof(got));
            luaL_error(
                L, MODULE "csv: separator: expected one byte, neither a quote nor a line break, got %s", got);
        }
    }
    lua_pop(L, 1);
    return separator;
}

/* Reads the option `header`: true, a list of names, or nil. Stack: [text, options] -> [text, options, header]
 */
static void check_header_lj(lua_State *L)
{
    char got[96];

    if (lua_getfield(L, 2, "header") == LUA_TNIL || lua_isboolean(L, 3)) { /* text, options, header */
        return;
    }
    value_describe(L, 3, got, sizeof(got));
    if (!lua_istable(L, 3)) {
        luaL_error(L, MODULE "csv: header: expected true or a list of names, got %s", got);
    }
    for (lua_Integer i = 1, count = (lua_Integer)lua_rawlen(L, 3); i <= count; i++) {
        budget_charge_lj(L, BUDGET_OF_STEP);
        if (lua_rawgeti(L, 3, i) != LUA_TSTRING) { /* text, options, header, name */
            value_describe(L, -1, got, sizeof(got));
            luaL_error(L, MODULE "csv: header: expected names, got %s", got);
        }
        lua_pop(L, 1); /* text, options, header */
    }
}

/* lure.text.csv(text [, options]): a list of records, or nil and what is wrong */
static int csv_lj(lua_State *L)
{
    static const char *const known[] = {"separator", "header", NULL};
    size_t length;
    const char *text = check_text_lj(L, 1, "csv", "text", &length), *problem = NULL;
    struct csv csv = {.at = text, .end = text + length, .line = 1};
    lua_Integer count = 0, extra = 0;
    int64_t line = 1;
    bool names_first;

    lua_settop(L, 2); /* text, options */
    options_check_lj(L, 2, MODULE "csv", known);
    csv.separator = check_separator_lj(L);
    check_header_lj(L); /* text, options, header */
    names_first = lua_isboolean(L, 3) && lua_toboolean(L, 3);
    lua_newtable(L); /* text, options, header, list */
    while (csv.at < csv.end && problem == NULL && extra == 0) {
        line = csv.line;
        budget_charge_lj(L, UNITS_OF_VALUE);
        if (csv_skip_empty(&csv)) {
            continue;
        }
        lua_newtable(L); /* text, options, header, list, record */
        extra = read_record_lj(L, &csv, lua_istable(L, 3) ? 3 : 0, &problem);
        if (names_first && lua_isboolean(L, 3)) {
            lua_replace(L, 3); /* text, options, header, list */
        } else {
            lua_rawseti(L, 4, ++count); /* text, options, header, list */
        }
    }
    if (problem == NULL && extra == 0) {
        return 1;
    }
    lua_pushnil(L);
    lua_pushfstring(L, "line %I: %s", (LUAI_UACINT)line,
                    problem != NULL ? problem : "it has more values than there are columns");
    return 2;
}

/* ---- addresses ---- */

/* Stack: [] -> [text] */
static void push_decoded_lj(lua_State *L, const char *from, const char *to, bool plus)
{
    luaL_Buffer buffer;
    const size_t length = (size_t)(to - from);

    luaL_buffinitsize(L, &buffer, length);
    luaL_pushresultsize(&buffer, urlcode_decode(luaL_buffaddr(&buffer), from, length, plus));
}

/* lure.text.url(text) */
static int url_lj(lua_State *L)
{
    size_t length;
    const char *text = check_text_lj(L, 1, "url", "text", &length);

    push_decoded_lj(L, text, text + length, false);
    return 1;
}

void text_push_query_lj(lua_State *L, const char *at, const char *end)
{
    lua_newtable(L); /* query */
    while (at < end) {
        const char *stop = memchr(at, '&', (size_t)(end - at)), *equals;

        stop = stop != NULL ? stop : end;
        equals = memchr(at, '=', (size_t)(stop - at));
        if (stop > at) {
            budget_charge_lj(L, (size_t)(stop - at) + UNITS_OF_VALUE);
            push_decoded_lj(L, at, equals != NULL ? equals : stop, true);           /* query, name */
            lua_pushvalue(L, -1);                                                   /* query, name, name */
            if (lua_rawget(L, -3) == LUA_TNIL) {                                    /* query, name, nil */
                lua_pop(L, 1);                                                      /* query, name */
                push_decoded_lj(L, equals != NULL ? equals + 1 : stop, stop, true); /* query, name, value */
                lua_rawset(L, -3);                                                  /* query */
            } else {
                lua_pop(L, 2); /* query */
            }
        }
        at = stop < end ? stop + 1 : end;
    }
}

/* lure.text.query(text) */
static int query_lj(lua_State *L)
{
    size_t length;
    const char *text = check_text_lj(L, 1, "query", "text", &length);

    text_push_query_lj(L, text, text + length);
    return 1;
}

/* ---- glob ---- */

/* lure.text.glob(pattern, text) */
static int glob_lj(lua_State *L)
{
    size_t pattern_length, length;
    const char *pattern = check_text_lj(L, 1, "glob", "pattern", &pattern_length);
    const char *text = check_text_lj(L, 2, "glob", "text", &length);
    enum glob_result result;
    struct glob glob;

    glob_begin(&glob, pattern, pattern_length, text, length);
    while ((result = glob_match(&glob, GLOB_BYTES)) == GLOB_MORE) {
        budget_charge_lj(L, 2 * GLOB_BYTES);
    }
    lua_pushboolean(L, result == GLOB_YES);
    return 1;
}

/* ---- UTF-8 ---- */

/* The length of the prefix that is UTF-8; a NUL is. */
static size_t valid_length(const char *text, size_t length)
{
    size_t good = utf8_clean(text, length, UTF8_TEXT);

    while (good < length && text[good] == '\0') {
        good++;
        good += utf8_clean(text + good, length - good, UTF8_TEXT);
    }
    return good;
}

/* lure.text.is_utf8(text): true; or false, and the place of the first byte that is not */
static int is_utf8_lj(lua_State *L)
{
    size_t length;
    const char *text = check_text_lj(L, 1, "is_utf8", "text", &length);
    const size_t good = valid_length(text, length);

    lua_pushboolean(L, good == length);
    if (good == length) {
        return 1;
    }
    lua_pushinteger(L, (lua_Integer)good + 1);
    return 2;
}

/* lure.text.utf8(text) */
static int utf8_lj(lua_State *L)
{
    size_t length;
    const char *text = check_text_lj(L, 1, "utf8", "text", &length), *end = text + length;
    luaL_Buffer buffer;

    if (valid_length(text, length) == length) {
        lua_settop(L, 1);
        return 1;
    }
    luaL_buffinit(L, &buffer);
    while (text < end) {
        const char *nul = memchr(text, '\0', (size_t)(end - text));
        const size_t size = (size_t)((nul != NULL ? nul : end) - text);
        const size_t room = utf8_write(NULL, 0, text, size, UTF8_TEXT) + 1;

        budget_charge_lj(L, UNITS_OF_VALUE + size / BYTES_OF_UNIT);
        utf8_write(luaL_prepbuffsize(&buffer, room), room, text, size, UTF8_TEXT); /* with a NUL behind it */
        luaL_addsize(&buffer, nul != NULL ? room : room - 1);
        text += nul != NULL ? size + 1 : size;
    }
    luaL_pushresult(&buffer);
    return 1;
}

int luaopen_lure_text(lua_State *L)
{
    static const luaL_Reg functions[] = {{"split", split_lj}, {"trim", trim_lj}, {"logfmt", logfmt_lj},
                                         {"csv", csv_lj},     {"url", url_lj},   {"query", query_lj},
                                         {"glob", glob_lj},   {"utf8", utf8_lj}, {"is_utf8", is_utf8_lj},
                                         {NULL, NULL}};

    luaL_newlib(L, functions);
    return 1;
}
