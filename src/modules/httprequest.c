#include "modules/httprequest.h"

#include "base/clock.h"
#include "base/text.h"
#include "event/value.h"
#include "lua/metatable.h"
#include "modules/httpmessage.h"
#include "modules/options.h"
#include "modules/tlsoptions.h"

#include <lauxlib.h>
#include <string.h>

#define TYPE "lure.http request"

#define TIMEOUT      (30 * CLOCK_SECOND)
#define REDIRECTS    10
#define RETRIES      5
#define MOST_RETRIES 1000
#define MOST_BODY    (16 * 1024 * 1024)
#define MOST_QUERY   1000

#define SHOWN 100

int httprequest_fail_lj(lua_State *L, const struct http_request *request, const char *problem)
{
    const struct url *url = lua_touserdata(L, AT_CURRENT);

    return luaL_error(L, "%s: %s: %s", request->function, url->shown, problem);
}

void httprequest_end_attempt(struct http_request *request)
{
    if (request->lookup != NULL) {
        resolver_release(request->lookup);
        request->lookup = NULL;
    }
    if (request->transfer != NULL) {
        http_transfer_release(request->transfer);
        request->transfer = NULL;
    }
}

static int close_lj(lua_State *L)
{
    httprequest_end_attempt(lua_touserdata(L, 1));
    return 0;
}

static void fill_metatable_lj(lua_State *L)
{
    lua_pushcfunction(L, close_lj); /* metatable, function */
    lua_setfield(L, -2, "__close"); /* metatable */
    lua_pushcfunction(L, close_lj); /* metatable, function */
    lua_setfield(L, -2, "__gc");    /* metatable */
}

/* Stack: [url, options, body] -> [url, options, body, request] */
static struct http_request *new_request_lj(lua_State *L, struct http_clients *clients, const char *function)
{
    struct http_request *request = lua_newuserdatauv(L, sizeof(*request), 0); /* ..., request */

    memset(request, 0, sizeof(*request));
    request->clients = clients;
    request->function = function;
    metatable_set_lj(L, TYPE, fill_metatable_lj);
    lua_toclose(L, -1);
    return request;
}

struct url *httprequest_push_url_lj(lua_State *L, const char *function, const char *text,
                                    const struct url *base)
{
    struct url *url = lua_newuserdatauv(L, sizeof(*url), 0); /* url */
    const char *problem = url_read(url, text, base);

    if (problem != NULL) {
        luaL_error(L, "%s: %s: %s", function, base != NULL ? base->shown : "the address", problem);
    }
    return url;
}

/* ---- query ---- */

static void add_encoded_lj(luaL_Buffer *buffer, const char *text, size_t length)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];

        if (isalnum(byte) || strchr("-._~", byte) != NULL) {
            luaL_addchar(buffer, (char)byte);
        } else {
            luaL_addchar(buffer, '%');
            luaL_addchar(buffer, digits[byte >> 4]);
            luaL_addchar(buffer, digits[byte & 15]);
        }
    }
}

static void bad_value_lj(lua_State *L, const char *function, const char *option, const char *expected)
{
    char shown[SHOWN];

    value_describe(L, -1, shown, sizeof(shown));
    luaL_error(L, "%s: %s: expected %s, got %s", function, option, expected, shown);
}

/* The value at the top as text. Stack: [value] -> [text] */
static void make_text_lj(lua_State *L, const char *function, const char *option)
{
    int type = lua_type(L, -1);

    if (type == LUA_TBOOLEAN) {
        lua_pushstring(L, lua_toboolean(L, -1) ? "true" : "false"); /* value, text */
        lua_replace(L, -2);                                         /* text */
    } else if (type == LUA_TSTRING || type == LUA_TNUMBER) {
        lua_tostring(L, -1);
    } else {
        bad_value_lj(L, function, option, "texts, numbers or booleans");
    }
}

/* The names of the table at the top, sorted, so that the same request is the same text.
 * Stack: [table] -> [table, names] */
static void push_names_lj(lua_State *L, const char *function, const char *option)
{
    lua_Integer count = 0;

    lua_newtable(L);               /* table, names */
    lua_pushnil(L);                /* table, names, name */
    while (lua_next(L, -3) != 0) { /* table, names, name, value */
        lua_Integer at = ++count;

        lua_pop(L, 1); /* table, names, name */
        if (lua_type(L, -1) != LUA_TSTRING || count > MOST_QUERY) {
            bad_value_lj(L, function, option, "at most 1000 texts as names");
        }
        for (; at > 1; at--) {
            lua_rawgeti(L, -2, at - 1); /* ..., name, other */
            if (!lua_compare(L, -2, -1, LUA_OPLT)) {
                lua_pop(L, 1); /* ..., name */
                break;
            }
            lua_rawseti(L, -3, at); /* ..., name */
        }
        lua_pushvalue(L, -1);   /* ..., name, name */
        lua_rawseti(L, -3, at); /* table, names, name */
    }
}

/* Calls add_lj for each value of a table { name = value or list of values }.
 * Stack: [..., table] unchanged, while add_lj sees [..., table, names, name, value] */
static void each_value_lj(lua_State *L, const char *function, const char *option,
                          void (*add_lj)(lua_State *L, const char *function, void *to), void *to)
{
    lua_Integer count;

    if (!lua_istable(L, -1)) {
        bad_value_lj(L, function, option, "a table");
    }
    push_names_lj(L, function, option); /* table, names */
    count = (lua_Integer)lua_rawlen(L, -1);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, -1, i); /* table, names, name */
        lua_pushvalue(L, -1);  /* table, names, name, name */
        lua_rawget(L, -4);     /* table, names, name, value */
        if (lua_istable(L, -1)) {
            lua_Integer values = (lua_Integer)lua_rawlen(L, -1);

            for (lua_Integer j = 1; j <= values; j++) {
                lua_pushvalue(L, -2);  /* table, names, name, list, name */
                lua_rawgeti(L, -2, j); /* table, names, name, list, name, value */
                make_text_lj(L, function, option);
                add_lj(L, function, to);
                lua_pop(L, 2); /* table, names, name, list */
            }
        } else {
            make_text_lj(L, function, option);
            add_lj(L, function, to);
        }
        lua_pop(L, 2); /* table, names */
    }
    lua_pop(L, 1); /* table */
}

/* Appends "name=value" to the list of parts. Stack: [..., name, value] unchanged */
static void add_query_lj(lua_State *L, const char *function, void *to)
{
    int name = lua_gettop(L) - 1, list = *(int *)to;
    luaL_Buffer buffer;
    size_t length;
    const char *text;

    (void)function;
    luaL_buffinit(L, &buffer);
    text = lua_tolstring(L, name, &length);
    add_encoded_lj(&buffer, text, length);
    luaL_addchar(&buffer, '=');
    text = lua_tolstring(L, name + 1, &length);
    add_encoded_lj(&buffer, text, length);
    luaL_pushresult(&buffer);                                   /* name, value, part */
    lua_rawseti(L, list, (lua_Integer)lua_rawlen(L, list) + 1); /* name, value */
}

/* The address with the query behind it. Stack: [...] -> [..., text] */
static void push_address_lj(lua_State *L, const char *function)
{
    int parts = lua_gettop(L) + 1;
    luaL_Buffer buffer;
    const char *address, *mark;
    size_t length;

    if (lua_type(L, AT_URL) != LUA_TSTRING) {
        lua_pushvalue(L, AT_URL); /* url */
        bad_value_lj(L, function, "address", "a text");
    }
    address = lua_tolstring(L, AT_URL, &length);
    if (text_has_nul(address, length)) {
        luaL_error(L, "%s: address: expected a text without NUL", function);
    }
    lua_newtable(L);                                        /* parts */
    if (lua_getfield(L, AT_OPTIONS, "query") != LUA_TNIL) { /* parts, query */
        each_value_lj(L, function, "query", add_query_lj, &parts);
    }
    lua_pop(L, 1); /* parts */
    mark = strchr(address, '#');
    luaL_buffinit(L, &buffer);
    luaL_addlstring(&buffer, address, mark != NULL ? (size_t)(mark - address) : length);
    for (lua_Integer i = 1; i <= (lua_Integer)lua_rawlen(L, parts); i++) {
        luaL_addchar(&buffer, i > 1 || strchr(address, '?') != NULL ? '&' : '?');
        lua_rawgeti(L, parts, i);
        luaL_addvalue(&buffer);
    }
    luaL_pushresult(&buffer); /* parts, text */
    lua_remove(L, parts);     /* text */
}

/* ---- headers ---- */

/* libcurl makes these itself; another one would make the request ambiguous. */
static bool is_own_header(const char *name)
{
    static const char *const own[] = {
        "content-length", "transfer-encoding", "connection", "expect", "host", NULL};

    for (size_t i = 0; own[i] != NULL; i++) {
        if (strcasecmp(own[i], name) == 0) {
            return strcasecmp(name, "host") != 0;
        }
    }
    return false;
}

/* Appends "name: value" to the list at AT_HEADERS. Stack: [..., name, value] unchanged */
static void add_header_lj(lua_State *L, const char *function, void *to)
{
    struct http_request *request = to;
    size_t name_length, length;
    const char *name = lua_tolstring(L, -2, &name_length), *value = lua_tolstring(L, -1, &length);
    char shown[SHOWN];

    if (!httpmessage_is_token(name, name_length)) {
        value_describe(L, -2, shown, sizeof(shown));
        luaL_error(L, "%s: headers: %s is no name of a header", function, shown);
    }
    if (is_own_header(name)) {
        luaL_error(L, "%s: headers: \"%s\" is made by lure itself", function, name);
    }
    if (!httpmessage_is_header_value(value, length)) {
        luaL_error(L, "%s: headers: the value of \"%s\" has control characters, such as the end of a line",
                   function, name);
    }
    request->has_type = request->has_type || strcasecmp(name, "content-type") == 0;
    /* with ";" libcurl sends a header that has no value, and would leave it out otherwise */
    lua_pushfstring(L, length > 0 ? "%s: %s" : "%s;", name, value);         /* name, value, line */
    lua_rawseti(L, AT_HEADERS, (lua_Integer)lua_rawlen(L, AT_HEADERS) + 1); /* name, value */
}

static void append_header_lj(lua_State *L, const char *line)
{
    lua_pushstring(L, line);                                                /* line */
    lua_rawseti(L, AT_HEADERS, (lua_Integer)lua_rawlen(L, AT_HEADERS) + 1); /* */
}

/* Stack: [...] -> [..., headers] */
static void read_headers_lj(lua_State *L, struct http_request *request)
{
    lua_newtable(L);                                          /* headers */
    if (lua_getfield(L, AT_OPTIONS, "headers") != LUA_TNIL) { /* headers, table */
        each_value_lj(L, request->function, "headers", add_header_lj, request);
    }
    lua_pop(L, 1);                                                               /* headers */
    if (lua_getfield(L, AT_OPTIONS, "json") != LUA_TNIL && !request->has_type) { /* headers, value */
        append_header_lj(L, "Content-Type: application/json");
    } else if (!request->has_type) {
        append_header_lj(L, "Content-Type:"); /* libcurl would say that it is a form */
    }
    lua_pop(L, 1);                  /* headers */
    append_header_lj(L, "Expect:"); /* no second of waiting for "100 Continue" */
}

/* ---- the other options ---- */

static void read_method_lj(lua_State *L, struct http_request *request, const char *method)
{
    size_t length;
    const char *text = method;

    if (method == NULL) {
        if (lua_getfield(L, AT_OPTIONS, "method") == LUA_TNIL) {       /* value */
            lua_pop(L, 1);                                             /* */
            lua_pushstring(L, lua_isnil(L, AT_BODY) ? "GET" : "POST"); /* value */
        }
        text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : NULL;
        if (text == NULL || !httpmessage_is_token(text, length) || length >= sizeof(request->method) ||
            strcmp(text, "CONNECT") == 0) {
            bad_value_lj(L, request->function, "method", "a method, such as \"PUT\"");
        }
        lua_pop(L, 1); /* */
    }
    strcpy(request->method, text);
}

static void read_retry_lj(lua_State *L, struct http_request *request)
{
    int type = lua_getfield(L, AT_OPTIONS, "retry"); /* value */

    if (type == LUA_TBOOLEAN) {
        request->retries = lua_toboolean(L, -1) ? RETRIES : 0;
    } else if (lua_isinteger(L, -1) && lua_tointeger(L, -1) >= 0 && lua_tointeger(L, -1) <= MOST_RETRIES) {
        request->retries = lua_tointeger(L, -1);
    } else if (type != LUA_TNIL) {
        bad_value_lj(L, request->function, "retry", "true, false, or how often, from 0 to 1000");
    }
    request->retries_left = request->retries;
    lua_pop(L, 1); /* */
}

static void read_tls_lj(lua_State *L, struct http_request *request)
{
    struct tls_options tls;

    tlsoptions_read_lj(L, AT_OPTIONS, request->function, TLS_CLIENT, &tls);
    request->paths = tls.paths;
    request->unverified = !tls.verify;
}

/* Stack: [...] -> [..., proxy or nil] */
static void read_proxy_lj(lua_State *L, struct http_request *request)
{
    int type = lua_getfield(L, AT_OPTIONS, "proxy"); /* value */

    if (type == LUA_TSTRING) {
        if (httprequest_push_url_lj(L, request->function, lua_tostring(L, -1), NULL)
                ->secure) { /* value, url */
            luaL_error(L, "%s: proxy: expected http://, not https://", request->function);
        }
        lua_remove(L, -2); /* url */
    } else if (type != LUA_TNIL) {
        bad_value_lj(L, request->function, "proxy", "the address of a proxy");
    }
}

/* Stack: unchanged; at AT_BODY is the encoded value, if there is one */
static void read_json_lj(lua_State *L, const struct http_request *request)
{
    if (lua_getfield(L, AT_OPTIONS, "json") != LUA_TNIL) { /* value */
        if (!lua_isnil(L, AT_BODY)) {
            luaL_error(L, "%s: body and json are given; only one can be sent", request->function);
        }
        luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE); /* value, loaded */
        lua_getfield(L, -1, "lure");                              /* value, loaded, lure */
        lua_getfield(L, -1, "json");                              /* value, loaded, lure, json */
        lua_getfield(L, -1, "encode");                            /* value, loaded, lure, json, encode */
        lua_pushvalue(L, -5);                                     /* ..., encode, value */
        lua_call(L, 1, 1);                                        /* ..., text */
        lua_replace(L, AT_BODY);                                  /* ... */
        lua_pop(L, 3);                                            /* value */
    }
    lua_pop(L, 1); /* */
    if (!lua_isnil(L, AT_BODY) && lua_type(L, AT_BODY) != LUA_TSTRING) {
        lua_pushvalue(L, AT_BODY); /* body */
        bad_value_lj(L, request->function, "body", "a text (for a table use json = …)");
    }
}

struct http_request *httprequest_read_lj(lua_State *L, struct http_clients *clients, const char *function,
                                         const char *method)
{
    static const char *const known[] = {"query",    "headers", "timeout", "redirects", "retry",
                                        "max_body", "tls",     "proxy",   "json",      NULL};
    static const char *const all[] = {"query", "headers", "timeout", "redirects", "retry", "max_body", "tls",
                                      "proxy", "json",    "url",     "method",    "body",  NULL};
    struct http_request *request;

    options_check_lj(L, AT_OPTIONS, function, method == NULL ? all : known);
    lua_settop(L, AT_BODY);                         /* url, options, body */
    request = new_request_lj(L, clients, function); /* url, options, body, request */
    read_json_lj(L, request);
    read_method_lj(L, request, method);
    request->timeout = options_seconds_lj(L, AT_OPTIONS, function, "timeout", TIMEOUT);
    request->redirects = options_integer_lj(L, AT_OPTIONS, function, "redirects", REDIRECTS, 0, 100);
    request->most = (size_t)options_integer_lj(L, AT_OPTIONS, function, "max_body", MOST_BODY, 1, INT32_MAX);
    read_retry_lj(L, request);
    read_tls_lj(L, request);
    push_address_lj(L, function);                                    /* ..., text */
    httprequest_push_url_lj(L, function, lua_tostring(L, -1), NULL); /* ..., text, first */
    lua_remove(L, -2);                                               /* ..., first */
    lua_pushvalue(L, -1);                                            /* ..., first, current */
    read_headers_lj(L, request);                                     /* ..., headers */
    read_proxy_lj(L, request);                                       /* ..., proxy */
    return request;
}
