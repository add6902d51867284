#include "modules/connection.h"

#include "base/clock.h"
#include "lua/budget.h"
#include "lua/garbage.h"
#include "lua/metatable.h"
#include "net/tlstransport.h"

#include <errno.h>
#include <lauxlib.h>
#include <stddef.h>
#include <string.h>

#define TYPE       "lure.net connection"
#define GUARD_TYPE "lure.net write"

/* User values. */
enum { PEER = 1, COUNT, USER_VALUES = COUNT };

/* Closed with the function that writes, however that ends: the rest of its text was written, or never will
 * be. */
struct write_guard {
    struct connection *connection;
    bool complete;
};

static struct connection *of_stream(struct bytestream *stream)
{
    return (struct connection *)(void *)stream; /* its first member */
}

static struct connection *check_lj(lua_State *L)
{
    return luaL_checkudata(L, 1, TYPE);
}

static bool is_closed(const struct connection *connection)
{
    return descriptor_number(&connection->descriptor) < 0;
}

static int fail_closed_lj(lua_State *L)
{
    return luaL_error(L, "connection: it is closed");
}

/* Closes what is not Lua's. */
static void end_connection(struct connection *connection)
{
    if (is_closed(connection)) {
        return;
    }
    transport_close(&connection->transport);
    descriptor_close(&connection->descriptor);
    if (connection->count != NULL) {
        connection->count->open--;
        task_wake_all(&connection->count->below);
        connection->count = NULL;
    }
}

static void end_with_group(struct task_resource *resource)
{
    end_connection((struct connection *)(void *)((char *)resource - offsetof(struct connection, resource)));
}

void connection_close(lua_State *L, struct connection *connection)
{
    task_disown(&connection->resource);
    end_connection(connection);
    bytestream_close(L, &connection->stream);
}

static int close_lj(lua_State *L)
{
    connection_close(L, check_lj(L));
    return 0;
}

/* The system says that there is nothing to read, or no room: when it has to be there at the latest. */
static int64_t next_deadline(lua_State *L, const struct connection *connection)
{
    return connection->idle == DEADLINE_NONE ? DEADLINE_NONE : task_now(L) + connection->idle;
}

static int fail_idle_lj(lua_State *L, const struct connection *connection, const char *what)
{
    return luaL_error(L, "connection: %s for %f s (idle)", what,
                      (LUAI_UACNUMBER)connection->idle / (LUAI_UACNUMBER)CLOCK_SECOND);
}

/* -1 with EAGAIN also where it is closed: wait_lj says so. */
static ssize_t fill(struct bytestream *stream, void *to, size_t room)
{
    struct connection *connection = of_stream(stream);
    ssize_t got;

    if (is_closed(connection)) {
        errno = EAGAIN;
        return -1;
    }
    got = transport_read(&connection->transport, to, room);
    if (got >= 0) {
        connection->due = DEADLINE_NONE;
    }
    return got;
}

static int wait_lj(lua_State *L, struct bytestream *stream, lua_KContext context, lua_KFunction k)
{
    struct connection *connection = of_stream(stream);

    if (is_closed(connection)) {
        return fail_closed_lj(L);
    }
    if (connection->due == DEADLINE_NONE) {
        connection->due = next_deadline(L, connection);
    } else if (connection->idle != DEADLINE_NONE && task_now(L) >= connection->due) {
        connection->due = DEADLINE_NONE;
        return fail_idle_lj(L, connection, "nothing was received");
    }
    return descriptor_wait_lj(L, &connection->descriptor, connection->transport.wants, connection->due,
                              context, k);
}

static bool finish_lj(lua_State *L, struct bytestream *stream)
{
    (void)L;
    (void)stream;
    return true;
}

static const char *problem(const struct bytestream *stream)
{
    return transport_problem(&((const struct connection *)(const void *)stream)->transport);
}

static const struct bytestream_class stream_class = {"connection", true, fill, wait_lj, finish_lj, problem};

static int read_lj(lua_State *L)
{
    check_lj(L);
    lua_settop(L, 2); /* connection, how */
    task_check_lj(L, "lure.net: connection:read");
    return bytestream_read_lj(L);
}

static int next_line_lj(lua_State *L)
{
    check_lj(L);
    lua_settop(L, 1); /* connection */
    task_check_lj(L, "lure.net: connection:lines");
    return bytestream_line_lj(L);
}

/* Stack: [connection] -> [function, connection] */
static int lines_lj(lua_State *L)
{
    check_lj(L);
    lua_pushcfunction(L, next_line_lj); /* connection, function */
    lua_pushvalue(L, 1);                /* connection, function, connection */
    return 2;
}

static int end_write_lj(lua_State *L)
{
    struct write_guard *guard = lua_touserdata(L, 1);

    if (guard->connection != NULL) {
        guard->connection->writing = false;
        if (!guard->complete) {
            end_connection(guard->connection); /* what comes next would not be understood */
        }
        guard->connection = NULL;
    }
    return 0;
}

/* Nobody else writes until this function has returned. Stack: [connection, text] -> [connection, text, guard]
 */
static struct write_guard *begin_write_lj(lua_State *L, struct connection *connection)
{
    struct write_guard *guard = lua_newuserdatauv(L, sizeof(*guard), 0); /* connection, text, guard */

    guard->connection = NULL;
    guard->complete = false;
    luaL_setmetatable(L, GUARD_TYPE);
    lua_toclose(L, -1);
    guard->connection = connection;
    connection->writing = true;
    connection->torn = false;
    return guard;
}

/* Stack: [connection, text, guard, deadline] */
static int write_k(lua_State *L, int status, lua_KContext written)
{
    struct connection *connection = lua_touserdata(L, 1);
    struct write_guard *guard = lua_touserdata(L, 3);
    size_t size;
    const char *text = lua_tolstring(L, 2, &size);

    (void)status;
    while (!is_closed(connection) && (size_t)written < size) {
        ssize_t sent = transport_write(&connection->transport, text + written, size - (size_t)written);

        if (sent > 0) {
            written += sent;
            budget_count(L, (size_t)sent / 8 + 512);
            lua_pushinteger(L,
                            next_deadline(L, connection)); /* connection, text, guard, deadline, deadline */
            lua_replace(L, 4);                             /* connection, text, guard, deadline */
        } else if (errno != EAGAIN) {
            return luaL_error(L, "connection: %s", transport_problem(&connection->transport));
        } else if (task_now(L) >= lua_tointeger(L, 4)) {
            return fail_idle_lj(L, connection, "the other end has taken nothing");
        } else {
            return descriptor_wait_lj(L, &connection->descriptor, connection->transport.wants,
                                      lua_tointeger(L, 4), written, write_k);
        }
    }
    if (is_closed(connection)) {
        return fail_closed_lj(L);
    }
    guard->complete = true;
    lua_settop(L, 3); /* connection, text, guard */
    lua_pushvalue(L, 1);
    return 1;
}

static int write_turn_k(lua_State *L, int status, lua_KContext context)
{
    struct connection *connection = lua_touserdata(L, 1);

    (void)status;
    (void)context;
    if (is_closed(connection)) {
        return fail_closed_lj(L);
    }
    if (connection->writing) { /* the other task's end is noticed with room for more */
        return descriptor_wait_lj(L, &connection->descriptor, EPOLLOUT, task_now(L) + 100 * CLOCK_MILLISECOND,
                                  0, write_turn_k);
    }
    begin_write_lj(L, connection);                    /* connection, text, guard */
    lua_pushinteger(L, next_deadline(L, connection)); /* connection, text, guard, deadline */
    return write_k(L, LUA_OK, 0);
}

/* connection:write(text) -> connection */
static int write_lj(lua_State *L)
{
    struct connection *connection = check_lj(L);
    const char *text;
    size_t size;
    ssize_t sent;

    text = luaL_checklstring(L, 2, &size);
    lua_settop(L, 2); /* connection, text */
    task_check_lj(L, "lure.net: connection:write");
    if (is_closed(connection) || connection->torn) {
        return fail_closed_lj(L);
    }
    budget_charge_lj(L, size / 8 + 512);
    if (!connection->writing) { /* most texts fit into the socket's buffer */
        sent = size > 0 ? transport_write(&connection->transport, text, size) : 0;
        if (sent == (ssize_t)size) {
            lua_pushvalue(L, 1); /* connection, text, connection */
            return 1;
        }
        if (sent < 0 && errno != EAGAIN) {
            return luaL_error(L, "connection: %s", transport_problem(&connection->transport));
        }
        connection->torn = sent > 0;
        begin_write_lj(L, connection);                    /* connection, text, guard */
        lua_pushinteger(L, next_deadline(L, connection)); /* connection, text, guard, deadline */
        return write_k(L, LUA_OK, sent > 0 ? sent : 0);
    }
    return write_turn_k(L, LUA_OK, 0);
}

void connection_push_peer_lj(lua_State *L, int index)
{
    lua_getiuservalue(L, index, PEER); /* ..., peer */
}

/* connection.peer, and the methods, which are upvalue 1. */
static int index_lj(lua_State *L)
{
    const char *name = lua_tostring(L, 2);

    check_lj(L);
    if (name != NULL && strcmp(name, "peer") == 0) {
        connection_push_peer_lj(L, 1); /* connection, name, peer */
        return 1;
    }
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1)); /* connection, name, method or nil */
    return 1;
}

static int tostring_lj(lua_State *L)
{
    const struct connection *connection = check_lj(L);

    lua_getiuservalue(L, 1, PEER); /* connection, peer */
    lua_pushfstring(L, "connection (%s%s)", luaL_tolstring(L, -1, NULL),
                    is_closed(connection) ? ", closed" : "");
    return 1;
}

static void fill_metatable_lj(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"lines", lines_lj}, {"read", read_lj}, {"write", write_lj}, {"close", close_lj}, {NULL, NULL}};
    static const luaL_Reg metamethods[] = {
        {"__gc", close_lj}, {"__close", close_lj}, {"__tostring", tostring_lj}, {NULL, NULL}};

    luaL_setfuncs(L, metamethods, 0);
    luaL_newlib(L, methods);          /* metatable, methods */
    lua_pushcclosure(L, index_lj, 1); /* metatable, function */
    lua_setfield(L, -2, "__index");   /* metatable */
}

static void fill_guard_lj(lua_State *L)
{
    lua_pushcfunction(L, end_write_lj); /* metatable, function */
    lua_setfield(L, -2, "__close");     /* metatable */
}

void connection_prepare_lj(lua_State *L)
{
    metatable_push_lj(L, TYPE, fill_metatable_lj);   /* metatable */
    metatable_push_lj(L, GUARD_TYPE, fill_guard_lj); /* metatable, metatable */
    lua_pop(L, 2);                                   /* */
}

struct connection *connection_new_lj(lua_State *L, int64_t idle, size_t longest)
{
    struct connection *connection = lua_newuserdatauv(L, sizeof(*connection), USER_VALUES); /* connection */

    memset(connection, 0, sizeof(*connection));
    bytestream_open(&connection->stream, &stream_class, longest);
    descriptor_open(&connection->descriptor, -1);
    connection->resource.end = end_with_group;
    connection->idle = idle;
    connection->due = DEADLINE_NONE;
    luaL_setmetatable(L, TYPE);
    return connection;
}

void connection_begin_lj(lua_State *L, struct connection *connection, int fd, const char *peer)
{
    descriptor_open(&connection->descriptor, fd);
    transport_open_plain(&connection->transport, fd);
    task_own(task_current(L), &connection->resource);
    lua_pushstring(L, peer);        /* connection, peer */
    lua_setiuservalue(L, -2, PEER); /* connection */
}

void connection_secure_lj(lua_State *L, struct connection *connection, struct tls_config *config,
                          const char *name)
{
    if (!GARBAGE_RETRY(L,
                       transport_open_tls(&connection->transport, connection->transport.fd, config, name))) {
        luaL_error(L, "connection: TLS: " TEXT_OVER_LIMIT);
    }
}

void connection_count_lj(lua_State *L, struct connection *connection, struct connection_count *count)
{
    lua_setiuservalue(L, -2, COUNT); /* connection */
    connection->count = count;
    count->open++;
}
