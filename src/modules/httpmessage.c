#include "modules/httpmessage.h"

#include "base/text.h"
#include "lua/budget.h"
#include "modules/connection.h"
#include "modules/text.h"
#include "time/calendar.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

/* ---- requests ---- */

/* Stack: [] -> [headers] */
static void push_headers_lj(lua_State *L, const struct requestparser *parser)
{
    const char *at = parser->headers.bytes, *end = at + parser->headers.size;

    lua_createtable(L, 0, (int)parser->lines); /* headers */
    while (at < end) {
        const char *name = at, *value = name + strlen(name) + 1;

        at = value + strlen(value) + 1;
        budget_charge_lj(L, (size_t)(at - name) + 8 * BUDGET_OF_STEP);
        lua_pushstring(L, name);                                          /* headers, name */
        lua_pushvalue(L, -1);                                             /* headers, name, name */
        if (lua_rawget(L, -3) == LUA_TSTRING) {                           /* headers, name, before */
            lua_pushstring(L, strcmp(name, "cookie") == 0 ? "; " : ", "); /* headers, name, before, between */
            lua_pushstring(L, value);                                     /* ..., before, between, value */
            lua_concat(L, 3);                                             /* headers, name, whole */
        } else {
            lua_pop(L, 1);            /* headers, name */
            lua_pushstring(L, value); /* headers, name, value */
        }
        lua_rawset(L, -3); /* headers */
    }
}

/* The path begins there; of "http://host/path" behind the host. NULL: there is none. */
static const char *find_path(const char *target, const char *end)
{
    const char *at;

    if (target < end && (*target == '/' || (*target == '*' && end - target == 1))) {
        return target;
    }
    if (end - target > 7 &&
        (strncasecmp(target, "http://", 7) == 0 || strncasecmp(target, "https://", 8) == 0)) {
        at = memchr(target + 8, '/', (size_t)(end - target - 8));
        return at != NULL ? at : end;
    }
    return NULL;
}

const char *httpmessage_push_request_lj(lua_State *L, const struct requestparser *parser, int connection)
{
    const char *target = parser->target.bytes, *end = target + parser->target.size;
    const char *path = target != NULL ? find_path(target, end) : NULL, *query;

    if (path == NULL) {
        return "expected a path that begins with /";
    }
    query = memchr(path, '?', (size_t)(end - path));
    lua_createtable(L, 0, 7); /* request */
    lua_pushstring(L, requestparser_method(parser));
    lua_setfield(L, -2, "method");
    lua_pushlstring(L, target, parser->target.size);
    lua_setfield(L, -2, "target");
    lua_pushlstring(L, path, (size_t)((query != NULL ? query : end) - path));
    lua_setfield(L, -2, "path");
    text_push_query_lj(L, query != NULL ? query + 1 : end, end); /* request, query */
    lua_setfield(L, -2, "query");
    push_headers_lj(L, parser); /* request, headers */
    lua_setfield(L, -2, "headers");
    budget_charge_lj(L, parser->body.size / 4);
    lua_pushlstring(L, parser->body.bytes != NULL ? parser->body.bytes : "", parser->body.size);
    lua_setfield(L, -2, "body");
    connection_push_peer_lj(L, connection); /* request, peer */
    lua_setfield(L, -2, "peer");
    return NULL;
}

/* ---- answers ---- */

bool httpmessage_is_token(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\0' ||
            (!isalnum((unsigned char)text[i]) && strchr("!#$%&'*+-.^_`|~", text[i]) == NULL)) {
            return false;
        }
    }
    return length > 0;
}

bool httpmessage_is_header_value(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (((unsigned char)text[i] < ' ' && text[i] != '\t') || text[i] == 127) {
            return false;
        }
    }
    return true;
}

static const char *reason_of(int status)
{
    static const struct {
        int status;
        const char *text;
    } reasons[] = {{200, "OK"},
                   {201, "Created"},
                   {202, "Accepted"},
                   {204, "No Content"},
                   {301, "Moved Permanently"},
                   {302, "Found"},
                   {304, "Not Modified"},
                   {400, "Bad Request"},
                   {401, "Unauthorized"},
                   {403, "Forbidden"},
                   {404, "Not Found"},
                   {405, "Method Not Allowed"},
                   {408, "Request Timeout"},
                   {413, "Content Too Large"},
                   {414, "URI Too Long"},
                   {417, "Expectation Failed"},
                   {429, "Too Many Requests"},
                   {431, "Request Header Fields Too Large"},
                   {500, "Internal Server Error"},
                   {501, "Not Implemented"},
                   {503, "Service Unavailable"},
                   {505, "HTTP Version Not Supported"}};

    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (reasons[i].status == status) {
            return reasons[i].text;
        }
    }
    return status < 300 ? "OK" : status < 400 ? "Redirect" : "Error";
}

/* The first lines, up to what the handler adds. */
static void add_first_lines_lj(luaL_Buffer *buffer, int status, bool has_length, size_t length, bool keeps_on)
{
    char text[256], date[64];
    struct tm parts = calendar_time(time(NULL));

    strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    snprintf(text, sizeof(text), "HTTP/1.1 %d %s\r\nDate: %s\r\nServer: lure\r\n%s", status,
             reason_of(status), date, keeps_on ? "" : "Connection: close\r\n");
    luaL_addstring(buffer, text);
    if (has_length) {
        snprintf(text, sizeof(text), "Content-Length: %zu\r\n", length);
        luaL_addstring(buffer, text);
    }
}

void httpmessage_push_plain_lj(lua_State *L, int status, const char *text, const char *extra, bool keeps_on)
{
    luaL_Buffer buffer;

    luaL_buffinit(L, &buffer);
    add_first_lines_lj(&buffer, status, true, strlen(text) + 1, keeps_on);
    luaL_addstring(&buffer, extra);
    luaL_addstring(&buffer, "Content-Type: text/plain\r\n\r\n");
    luaL_addstring(&buffer, text);
    luaL_addstring(&buffer, "\n");
    luaL_pushresult(&buffer);
}

/* lure makes these itself; another one would make the answer ambiguous. */
static bool is_own(const char *name)
{
    static const char *const own[] = {"content-length", "transfer-encoding", "connection", "date"};

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (strcasecmp(own[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* Appends a line to the list of lines at `lines`. Stack: [..., name, value] unchanged */
static const char *add_line_lj(lua_State *L, int lines)
{
    size_t name_length, length;
    const char *name, *value;

    if (lua_type(L, -2) != LUA_TSTRING ||
        (lua_type(L, -1) != LUA_TSTRING && lua_type(L, -1) != LUA_TNUMBER)) {
        return "expected texts as names of headers, and texts or numbers as their values";
    }
    lua_pushvalue(L, -1); /* name, value, value */
    name = lua_tolstring(L, -3, &name_length);
    value = lua_tolstring(L, -1, &length);
    if (!httpmessage_is_token(name, name_length)) {
        return "a header's name has characters that it cannot have";
    }
    if (is_own(name)) {
        return "Content-Length, Transfer-Encoding, Connection and Date are made by lure itself";
    }
    if (!httpmessage_is_header_value(value, length)) {
        return "a header's value has control characters, such as the end of a line";
    }
    lua_pushfstring(L, "%s: %s\r\n", name, value);                /* name, value, value, line */
    lua_rawseti(L, lines, (lua_Integer)lua_rawlen(L, lines) + 1); /* name, value, value */
    lua_pop(L, 1);                                                /* name, value */
    return NULL;
}

/* The values of one name. Stack: [..., name, value or list] unchanged, unless there is a problem */
static const char *add_values_lj(lua_State *L, int lines)
{
    const char *problem = NULL;
    lua_Integer count;

    if (!lua_istable(L, -1)) {
        return add_line_lj(L, lines);
    }
    count = (lua_Integer)lua_rawlen(L, -1);
    for (lua_Integer i = 1; problem == NULL && i <= count; i++) {
        budget_charge_lj(L, 8 * BUDGET_OF_STEP);
        lua_pushvalue(L, -2);  /* name, list, name */
        lua_rawgeti(L, -2, i); /* name, list, name, value */
        problem = add_line_lj(L, lines);
        if (problem == NULL) {
            lua_pop(L, 2); /* name, list */
        }
    }
    return problem;
}

/* Stack: [] -> [lines or nil], and more where there is a problem */
static const char *push_lines_lj(lua_State *L, int headers)
{
    const char *problem = NULL;
    int lines = lua_gettop(L) + 1;

    if (lua_isnil(L, headers)) {
        lua_pushnil(L); /* nil: as an empty list */
        return NULL;
    }
    lua_newtable(L); /* lines */
    if (!lua_istable(L, headers)) {
        return "expected a table of headers as the second value";
    }
    lua_pushnil(L);                                        /* lines, name */
    while (problem == NULL && lua_next(L, headers) != 0) { /* lines, name, value */
        budget_charge_lj(L, 8 * BUDGET_OF_STEP);
        problem = add_values_lj(L, lines);
        if (problem == NULL) {
            lua_pop(L, 1); /* lines, name */
        }
    }
    return problem;
}

const char *httpmessage_push_answer_lj(lua_State *L, int index, const struct requestparser *parser,
                                       bool keeps_on)
{
    lua_Integer status = lua_isinteger(L, index) ? lua_tointeger(L, index) : 0;
    bool bodiless = status == 204 || status == 304;
    int body = index + 2, lines = lua_gettop(L) + 1;
    luaL_Buffer buffer;
    const char *problem;
    size_t length = 0;

    if (status < 200 || status > 599) {
        return "expected a status, an integer from 200 to 599, as the first value";
    }
    if (!lua_isnil(L, body) && lua_type(L, body) != LUA_TSTRING) {
        return "expected a text as the third value, the body";
    }
    problem = push_lines_lj(L, index + 1); /* lines */
    if (problem != NULL) {
        lua_settop(L, lines - 1);
        return problem;
    }
    if (!lua_isnil(L, body)) {
        lua_tolstring(L, body, &length);
    }
    budget_charge_lj(L, length / 4 + 32 * BUDGET_OF_STEP);
    luaL_buffinit(L, &buffer);
    add_first_lines_lj(&buffer, (int)status, !bodiless, length, keeps_on);
    for (lua_Integer i = 1, count = (lua_Integer)lua_rawlen(L, lines); i <= count; i++) {
        lua_rawgeti(L, lines, i);
        luaL_addvalue(&buffer);
    }
    luaL_addstring(&buffer, "\r\n");
    if (!bodiless && length > 0 && parser->parser.method != HTTP_HEAD) {
        lua_pushvalue(L, body);
        luaL_addvalue(&buffer);
    }
    luaL_pushresult(&buffer); /* lines, text */
    lua_remove(L, lines);     /* text */
    return NULL;
}
