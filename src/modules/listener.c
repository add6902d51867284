#include "modules/listener.h"

#include "lua/budget.h"
#include "lua/metatable.h"

#include <errno.h>
#include <inttypes.h>
#include <lauxlib.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define TYPE "lure.net listener"

/* User values. */
enum { MESSAGES = 1, SENDERS, USER_VALUES = SENDERS };

struct listener *listener_check_lj(lua_State *L)
{
    return luaL_checkudata(L, 1, TYPE);
}

static void end_listener(struct listener *listener)
{
    sockets_remove_file(&listener->file);
    descriptor_close(&listener->descriptor);
    if (listener->tls != NULL) {
        tls_config_release(listener->tls);
        listener->tls = NULL;
    }
    task_wake_all(&listener->count.below);
}

static void end_with_group(struct task_resource *resource)
{
    end_listener((struct listener *)(void *)((char *)resource - offsetof(struct listener, resource)));
}

static int close_lj(lua_State *L)
{
    struct listener *listener = listener_check_lj(L);

    task_disown(&listener->resource);
    end_listener(listener);
    return 0;
}

static void format_own(const struct listener *listener, char *text, unsigned *port)
{
    struct sockaddr_storage own;
    socklen_t length = sizeof(own);

    text[0] = '\0';
    *port = 0;
    if (getsockname(descriptor_number(&listener->descriptor), (struct sockaddr *)&own, &length) == 0) {
        endpoint_format((const struct sockaddr *)&own, length, text);
        *port = endpoint_port((const struct sockaddr *)&own);
    }
}

/* listener:address() -> "udp://127.0.0.1:514"; nil: it is closed */
static int address_lj(lua_State *L)
{
    const struct listener *listener = listener_check_lj(L);
    char text[ENDPOINT_TEXT];
    unsigned port;

    if (listener_is_closed(listener)) {
        lua_pushnil(L); /* listener, nil */
        return 1;
    }
    format_own(listener, text, &port);
    lua_pushfstring(L, "%s://%s", endpoint_kind_name(listener->address.kind), text); /* listener, text */
    return 1;
}

/* listener:port() -> integer; nil: it has none */
static int port_lj(lua_State *L)
{
    const struct listener *listener = listener_check_lj(L);
    char text[ENDPOINT_TEXT];
    unsigned port;

    if (listener_is_closed(listener) || endpoint_is_path(listener->address.kind)) {
        lua_pushnil(L); /* listener, nil */
        return 1;
    }
    format_own(listener, text, &port);
    lua_pushinteger(L, port); /* listener, port */
    return 1;
}

static int lost_lj(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)listener_check_lj(L)->lost); /* listener, count */
    return 1;
}

static int tostring_lj(lua_State *L)
{
    const char *text;

    address_lj(L); /* listener, address */
    text = lua_tostring(L, -1);
    lua_pushfstring(L, "listener (%s)", text != NULL ? text : "closed"); /* listener, address, text */
    return 1;
}

static void log_lost(struct listener *listener)
{
    uint32_t lost = datagrams_lost(listener->datagrams, descriptor_number(&listener->descriptor));
    char text[ENDPOINT_TEXT + 256], own[ENDPOINT_TEXT];
    unsigned port;

    if (lost == 0) {
        return;
    }
    listener->lost += lost;
    format_own(listener, own, &port);
    snprintf(text, sizeof(text),
             "%s://%s: messages lost: %" PRIu32 " more, %" PRIu64
             " in all: they came faster than the script read them; see the option \"buffer\", and "
             "net.core.rmem_max",
             endpoint_kind_name(listener->address.kind), own, lost, listener->lost);
    log_limited(listener->log, LOG_LEVEL_WARNING, text);
}

static void log_truncated(struct listener *listener)
{
    char text[ENDPOINT_TEXT + 256], own[ENDPOINT_TEXT];
    unsigned port;

    listener->truncated++;
    format_own(listener, own, &port);
    snprintf(text, sizeof(text),
             "%s://%s cuts messages off: %" PRIu64 " in all: longer than max_size, %zu bytes",
             endpoint_kind_name(listener->address.kind), own, listener->truncated, listener->longest);
    log_limited(listener->log, LOG_LEVEL_WARNING, text);
}

/* Stack: [listener] unchanged */
static void open_datagrams_lj(lua_State *L, struct listener *listener)
{
    void *memory;

    if (listener->datagrams != NULL) {
        return;
    }
    memory = lua_newuserdatauv(L, datagrams_size(listener->longest), 0); /* listener, memory */
    lua_setiuservalue(L, 1, MESSAGES);                                   /* listener */
    listener->datagrams = datagrams_open(memory, listener->longest);
    lua_createtable(L, LISTENER_SENDERS, 0); /* listener, table */
    lua_setiuservalue(L, 1, SENDERS);        /* listener */
}

static unsigned hash_sender(const struct datagram *datagram)
{
    const unsigned char *bytes = (const unsigned char *)datagram->sender;
    unsigned hash = 0;

    for (socklen_t i = 0; i < datagram->sender_length; i++) {
        hash = hash * 31 + bytes[i];
    }
    return (hash ^ hash >> 8) % LISTENER_SENDERS;
}

/* Stack: [...] -> [..., sender] */
static void push_sender_lj(lua_State *L, struct listener *listener, const struct datagram *datagram)
{
    unsigned place = hash_sender(datagram);
    char text[ENDPOINT_TEXT];
    size_t size;

    lua_getiuservalue(L, 1, SENDERS); /* ..., table */
    if (datagram->sender_length > 0 && listener->senders[place].length == datagram->sender_length &&
        memcmp(&listener->senders[place].address, datagram->sender, datagram->sender_length) == 0) {
        lua_rawgeti(L, -1, (lua_Integer)place + 1); /* ..., table, sender */
    } else {
        size = endpoint_format((const struct sockaddr *)datagram->sender, datagram->sender_length, text);
        listener->senders[place].length = 0;
        lua_pushlstring(L, text, size);             /* ..., table, sender */
        lua_pushvalue(L, -1);                       /* ..., table, sender, sender */
        lua_rawseti(L, -3, (lua_Integer)place + 1); /* ..., table, sender */
        memcpy(&listener->senders[place].address, datagram->sender, datagram->sender_length);
        listener->senders[place].length = datagram->sender_length;
    }
    lua_remove(L, -2); /* ..., sender */
}

static int next_datagram_k(lua_State *L, int status, lua_KContext context)
{
    struct listener *listener = lua_touserdata(L, 1);
    struct datagram datagram;
    int got;

    (void)status;
    if (listener_is_closed(listener)) {
        return 0; /* the end of the loop */
    }
    got = datagrams_next(listener->datagrams, descriptor_number(&listener->descriptor), &datagram);
    if (got < 0) {
        return luaL_error(L, "lure.net: datagrams: %s", strerror(errno));
    }
    log_lost(listener);
    if (got == 0) {
        return descriptor_wait_lj(L, &listener->descriptor, EPOLLIN, DEADLINE_NONE, context, next_datagram_k);
    }
    if (datagram.truncated) {
        log_truncated(listener);
    }
    lua_pushlstring(L, datagram.bytes, datagram.size); /* listener, text */
    push_sender_lj(L, listener, &datagram);            /* listener, text, sender */
    return 2;
}

static int next_datagram_lj(lua_State *L)
{
    listener_check_lj(L);
    lua_settop(L, 1); /* listener */
    task_check_lj(L, "lure.net: listener:datagrams");
    budget_charge_lj(L, 8 * BUDGET_OF_STEP);
    return next_datagram_k(L, LUA_OK, 0);
}

/* listener:datagrams() -> function, listener */
static int datagrams_lj(lua_State *L)
{
    struct listener *listener = listener_check_lj(L);

    if (!endpoint_is_datagram(listener->address.kind)) {
        return luaL_error(L, "lure.net: datagrams: %s has connections; use listener:serve",
                          endpoint_kind_name(listener->address.kind));
    }
    lua_settop(L, 1); /* listener */
    open_datagrams_lj(L, listener);
    lua_pushcfunction(L, next_datagram_lj); /* listener, function */
    lua_pushvalue(L, 1);                    /* listener, function, listener */
    return 2;
}

/* Stack: [serve, metatable] unchanged */
static void fill_metatable_lj(lua_State *L)
{
    static const luaL_Reg methods[] = {{"datagrams", datagrams_lj}, {"address", address_lj},
                                       {"port", port_lj},           {"lost", lost_lj},
                                       {"close", close_lj},         {NULL, NULL}};
    static const luaL_Reg metamethods[] = {
        {"__gc", close_lj}, {"__close", close_lj}, {"__tostring", tostring_lj}, {NULL, NULL}};

    luaL_setfuncs(L, metamethods, 0);
    luaL_newlib(L, methods);        /* serve, metatable, methods */
    lua_pushvalue(L, -3);           /* serve, metatable, methods, serve */
    lua_setfield(L, -2, "serve");   /* serve, metatable, methods */
    lua_setfield(L, -2, "__index"); /* serve, metatable */
}

void listener_prepare_lj(lua_State *L, lua_CFunction serve)
{
    lua_pushcfunction(L, serve);                   /* serve */
    metatable_push_lj(L, TYPE, fill_metatable_lj); /* serve, metatable */
    lua_pop(L, 2);                                 /* */
}

struct listener *listener_new_lj(lua_State *L, struct log *log)
{
    struct listener *listener = lua_newuserdatauv(L, sizeof(*listener), USER_VALUES); /* listener */

    memset(listener, 0, sizeof(*listener));
    descriptor_open(&listener->descriptor, -1);
    listener->resource.end = end_with_group;
    listener->log = log;
    luaL_setmetatable(L, TYPE);
    return listener;
}

void listener_begin(lua_State *L, struct listener *listener, int fd)
{
    descriptor_open(&listener->descriptor, fd);
    task_own(task_current(L), &listener->resource);
}
