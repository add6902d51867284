#include "modules/httpresponse.h"

#include "base/clock.h"
#include "base/text.h"
#include "lua/budget.h"
#include "lua/metatable.h"
#include "modules/json.h"

#include <curl/curl.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#define TYPE "lure.http response"

/* Of a body that :json() shows in a message. */
#define SHOWN 200

/* One line of a head. */
struct line {
    const char *name, *value;
    size_t name_length, value_length;
};

/* Takes the next line with a name from `*at` on. False: there is none. */
static bool next_line(const char **at, const char *end, struct line *line)
{
    while (*at < end) {
        const char *begin = *at, *stop = memchr(begin, '\n', (size_t)(end - begin)), *colon;

        stop = stop != NULL ? stop : end;
        *at = stop < end ? stop + 1 : end;
        while (stop > begin && (stop[-1] == '\r' || stop[-1] == ' ' || stop[-1] == '\t')) {
            stop--;
        }
        colon = memchr(begin, ':', (size_t)(stop - begin));
        if (colon != NULL && memcmp(begin, "HTTP/", 5) != 0) {
            line->name = begin;
            line->name_length = (size_t)(colon - begin);
            line->value = colon + 1;
            while (line->value < stop && (*line->value == ' ' || *line->value == '\t')) {
                line->value++;
            }
            line->value_length = (size_t)(stop - line->value);
            return true;
        }
    }
    return false;
}

const char *httpresponse_header(const struct http_transfer *transfer, const char *name, size_t *length)
{
    const char *at = transfer->head, *end = at + transfer->head_size;
    struct line line;

    while (at != NULL && next_line(&at, end, &line)) {
        if (line.name_length == strlen(name) && strncasecmp(line.name, name, line.name_length) == 0) {
            *length = line.value_length;
            return line.value;
        }
    }
    return NULL;
}

int64_t httpresponse_retry_after(const struct http_transfer *transfer)
{
    char text[64], *end;
    size_t length;
    const char *value = httpresponse_header(transfer, "retry-after", &length);
    unsigned long seconds;
    time_t moment;

    if (value == NULL || length == 0 || length >= sizeof(text)) {
        return -1;
    }
    memcpy(text, value, length);
    text[length] = '\0';
    if (isdigit((unsigned char)text[0])) {
        seconds = strtoul(text, &end, 10);
        if (*end == '\0') {
            return seconds < 1000000 ? (int64_t)seconds * CLOCK_SECOND : 1000000 * CLOCK_SECOND;
        }
    }
    moment = curl_getdate(text, NULL);
    if (moment < 0) {
        return -1;
    }
    moment -= time(NULL);
    return moment > 0 ? (int64_t)moment * CLOCK_SECOND : 0;
}

/* Adds one line to the table at the top; what comes several times is joined as HTTP says, cookies by lines.
 * Stack: [headers] unchanged */
static void add_header_lj(lua_State *L, const struct line *line)
{
    luaL_Buffer name;

    luaL_buffinit(L, &name);
    for (size_t i = 0; i < line->name_length; i++) {
        luaL_addchar(&name, (char)tolower((unsigned char)line->name[i]));
    }
    luaL_pushresult(&name);                              /* headers, name */
    lua_pushvalue(L, -1);                                /* headers, name, name */
    lua_pushlstring(L, line->value, line->value_length); /* headers, name, name, value */
    lua_pushvalue(L, -3);                                /* headers, name, name, value, name */
    if (lua_rawget(L, -5) != LUA_TNIL) {                 /* headers, name, name, value, before */
        bool cookie = strcmp(lua_tostring(L, -3), "set-cookie") == 0;

        lua_pushstring(L, cookie ? "\n" : ", "); /* ..., value, before, between */
        lua_pushvalue(L, -3);                    /* ..., value, before, between, value */
        lua_concat(L, 3);                        /* ..., value, whole */
        lua_replace(L, -2);                      /* headers, name, name, whole */
    } else {
        lua_pop(L, 1); /* headers, name, name, value */
    }
    lua_rawset(L, -4); /* headers, name */
    lua_pop(L, 1);     /* headers */
}

/* Stack: [] -> [headers] */
static void push_headers_lj(lua_State *L, const struct http_transfer *transfer)
{
    const char *at = transfer->head, *end = at + transfer->head_size;
    struct line line;

    lua_newtable(L); /* headers */
    while (at != NULL && next_line(&at, end, &line)) {
        budget_charge_lj(L, line.name_length + line.value_length + 8 * BUDGET_OF_STEP);
        add_header_lj(L, &line);
    }
}

/* response:json(): the body, decoded. Throws where the status is no success, or the body no JSON. */
static int json_lj(lua_State *L)
{
    int success;
    lua_Integer status;
    const char *url, *body;

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_getfield(L, 1, "status"); /* response, status */
    lua_getfield(L, 1, "url");    /* response, status, url */
    lua_getfield(L, 1, "body");   /* response, status, url, body */
    status = lua_tointegerx(L, 2, &success);
    url = luaL_optstring(L, 3, "?");
    body = luaL_checkstring(L, 4);
    if (!success || status < 200 || status > 299) {
        lua_pushlstring(L, url, strcspn(url, "?"));     /* ..., address: a query may hold secrets */
        lua_pushlstring(L, body, strnlen(body, SHOWN)); /* ..., address, beginning */
        return luaL_error(L, "%s: expected an answer with JSON (status 200 to 299), got status %d: %s",
                          lua_tostring(L, -2), (int)status, lua_tostring(L, -1));
    }
    lua_replace(L, 1); /* body, status, url */
    lua_settop(L, 1);  /* body */
    return json_decode_lj(L);
}

static void fill_metatable_lj(lua_State *L)
{
    lua_newtable(L);                    /* metatable, methods */
    lua_pushcfunction(L, json_lj);      /* metatable, methods, function */
    lua_setfield(L, -2, "json");        /* metatable, methods */
    lua_setfield(L, -2, "__index");     /* metatable */
    lua_pushboolean(L, 0);              /* metatable, false */
    lua_setfield(L, -2, "__metatable"); /* metatable */
}

void httpresponse_push_lj(lua_State *L, const struct http_transfer *transfer, const struct url *url)
{
    lua_createtable(L, 0, 4); /* response */
    lua_pushinteger(L, transfer->status);
    lua_setfield(L, -2, "status");
    budget_charge_lj(L, transfer->body_size / 4);
    lua_pushlstring(L, transfer->body != NULL ? transfer->body : "", transfer->body_size);
    lua_setfield(L, -2, "body");
    lua_pushstring(L, url->text);
    lua_setfield(L, -2, "url");
    push_headers_lj(L, transfer);
    lua_setfield(L, -2, "headers");
    metatable_set_lj(L, TYPE, fill_metatable_lj);
}
