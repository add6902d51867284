#include "modules/net.h"

#include "base/clock.h"
#include "lua/garbage.h"
#include "lua/metatable.h"
#include "modules/connection.h"
#include "modules/listener.h"
#include "modules/options.h"
#include "modules/serve.h"
#include "modules/tlsoptions.h"
#include "net/resolver.h"
#include "net/sockets.h"
#include "net/tlstransport.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LISTEN  "lure.net.listen"
#define CONNECT "lure.net.connect"

#define LONGEST_LINE     (1024 * 1024)
#define LONGEST_DATAGRAM 65535
#define RECEIVE_BUFFER   (4 * 1024 * 1024)
#define TIMEOUT          (10 * CLOCK_SECOND)

#define ATTEMPT_TYPE "lure.net attempt"

/* What listen and connect keep on their stacks. */
enum { ADDRESS = 1, OPTIONS, ATTEMPT, RESULT };

/* An attempt to listen or connect: the userdata at ATTEMPT. */
struct attempt {
    struct endpoint address;
    struct resolver_request *request; /* NULL: none */
    const struct addrinfo *next;      /* that is tried */
    int fd;                           /* that connects; -1: none */
    int64_t due;                      /* of all of it */
    int64_t step;                     /* of the address that is tried now */
    int problem;                      /* errno of the last one that was tried */
    int64_t idle;                     /* of the connection */
    size_t longest;                   /* line of the connection */
    int buffer;                       /* of the listener's socket */
    struct tls_config *tls;           /* of the connection, or NULL */
};

static void close_socket(struct attempt *attempt)
{
    if (attempt->fd >= 0) {
        close(attempt->fd);
        attempt->fd = -1;
    }
}

static int close_attempt_lj(lua_State *L)
{
    struct attempt *attempt = lua_touserdata(L, 1);

    close_socket(attempt);
    if (attempt->request != NULL) {
        resolver_release(attempt->request);
        attempt->request = NULL;
    }
    if (attempt->tls != NULL) {
        tls_config_release(attempt->tls);
        attempt->tls = NULL;
    }
    return 0;
}

static void fill_attempt_lj(lua_State *L)
{
    lua_pushcfunction(L, close_attempt_lj); /* metatable, function */
    lua_setfield(L, -2, "__close");         /* metatable */
    lua_pushcfunction(L, close_attempt_lj); /* metatable, function */
    lua_setfield(L, -2, "__gc");            /* metatable */
}

/* It is closed with the function. Stack: [address, options] -> [address, options, attempt] */
static struct attempt *new_attempt_lj(lua_State *L, const struct endpoint *address, int64_t due)
{
    struct attempt *attempt = lua_newuserdatauv(L, sizeof(*attempt), 0); /* ..., attempt */

    memset(attempt, 0, sizeof(*attempt));
    attempt->address = *address;
    attempt->fd = -1;
    attempt->due = due;
    metatable_set_lj(L, ATTEMPT_TYPE, fill_attempt_lj);
    lua_toclose(L, -1);
    return attempt;
}

static int fail_lj(lua_State *L, const char *function, const char *why)
{
    return luaL_error(L, "%s: %s: %s", function, lua_tostring(L, ADDRESS), why);
}

static void start_resolver_lj(lua_State *L, struct attempt *attempt, const char *function, bool to_listen)
{
    attempt->request = resolver_start(&attempt->address, to_listen);
    if (attempt->request == NULL) {
        fail_lj(L, function,
                errno == EAGAIN ? "too many names are being looked up; DNS does not answer"
                                : strerror(errno));
    }
}

/* The option `tls`; NULL: it is not there. */
static struct tls_config *read_tls_lj(lua_State *L, const char *function, enum tls_role role)
{
    struct memory_budget *budget = lua_touserdata(L, lua_upvalueindex(2));
    char problem[CERTIFICATES_PATH + 256];
    struct tls_options options;
    struct tls_config *config;

    if (!tlsoptions_read_lj(L, OPTIONS, function, role, &options)) {
        return NULL;
    }
    certificates_find_system(&options.paths);
    if (!GARBAGE_RETRY(L, (config = tls_config_open(budget, &options.paths, role, options.verify, problem,
                                                    sizeof(problem))) != NULL)) {
        fail_lj(L, function, problem);
    }
    return config;
}

/* Once there is an answer: the addresses, or an error. */
static const struct addrinfo *take_answer_lj(lua_State *L, const struct attempt *attempt,
                                             const char *function)
{
    const struct addrinfo *result = resolver_result(attempt->request);

    if (result == NULL) {
        fail_lj(L, function, resolver_problem(attempt->request));
    }
    return result;
}

/* The socket is open, or errno says why not. Stack: [address, options, attempt] -> [..., listener] */
static int finish_listen_lj(lua_State *L, struct listener *listener, int fd)
{
    const struct attempt *attempt = lua_touserdata(L, ATTEMPT);
    const char *why = strerror(errno);

    if (fd < 0 && errno == EEXIST) {
        why = "a file that is no socket is there already";
    } else if (fd < 0 && errno == EADDRINUSE) {
        why = "in use: another process, or another plugin, listens there";
    }
    if (fd < 0) {
        return fail_lj(L, LISTEN, why);
    }
    if (endpoint_is_datagram(listener->address.kind)) {
        sockets_set_buffer(fd, attempt->buffer);
    }
    return 1;
}

static int listen_k(lua_State *L, int status, lua_KContext context)
{
    struct attempt *attempt = lua_touserdata(L, ATTEMPT);
    struct listener *listener = lua_touserdata(L, RESULT);
    int fd = -1;

    (void)status;
    if (!resolver_is_done(attempt->request)) {
        return task_wait_lj(L, resolver_descriptor(attempt->request), EPOLLIN, DEADLINE_NONE, context,
                            listen_k);
    }
    for (const struct addrinfo *one = take_answer_lj(L, attempt, LISTEN); one != NULL && fd < 0;
         one = one->ai_next) {
        fd = sockets_listen(attempt->address.kind, one->ai_addr, one->ai_addrlen);
    }
    if (fd >= 0) {
        listener_begin(L, listener, fd);
    }
    return finish_listen_lj(L, listener, fd);
}

/* "0660": octal digits, as chmod has them; -1: there is none. */
static int read_mode_lj(lua_State *L)
{
    const char *text;
    char *end;
    long mode = -1;

    lua_pushliteral(L, "mode"); /* ..., name */
    lua_rawget(L, OPTIONS);     /* ..., mode */
    if (!lua_isnil(L, -1)) {
        text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
        mode = strtol(text, &end, 8);
        if (*text < '0' || *text > '7' || *end != '\0' || mode > 0777) {
            luaL_error(L, LISTEN ": mode: expected octal digits in a text, as in \"0660\"");
        }
    }
    lua_pop(L, 1); /* ... */
    return (int)mode;
}

/* lure.net.listen(address [, options]); upvalues: the log, the memory budget */
static int listen_lj(lua_State *L)
{
    static const char *const known[] = {"buffer", "max_line", "max_size", "mode", "tls", NULL};
    struct endpoint address;
    struct attempt *attempt;
    struct listener *listener;
    bool is_datagram;
    int mode, fd;

    lua_settop(L, OPTIONS); /* address, options */
    task_check_lj(L, LISTEN);
    options_address_lj(L, ADDRESS, LISTEN, &address);
    options_check_lj(L, OPTIONS, LISTEN, known);
    mode = read_mode_lj(L);
    is_datagram = endpoint_is_datagram(address.kind);
    attempt = new_attempt_lj(L, &address, DEADLINE_NONE); /* address, options, attempt */
    attempt->buffer = (int)options_integer_lj(L, OPTIONS, LISTEN, "buffer", RECEIVE_BUFFER, 1, INT32_MAX);
    listener =
        listener_new_lj(L, lua_touserdata(L, lua_upvalueindex(1))); /* address, options, attempt, listener */
    listener->address = address;
    listener->longest =
        (size_t)options_integer_lj(L, OPTIONS, LISTEN, is_datagram ? "max_size" : "max_line",
                                   is_datagram ? LONGEST_DATAGRAM : LONGEST_LINE, 1, INT32_MAX);
    if (!is_datagram) {
        listener->tls = read_tls_lj(L, LISTEN, TLS_SERVER);
    } else if (lua_getfield(L, OPTIONS, "tls") != LUA_TNIL) {
        return fail_lj(L, LISTEN, "messages have no TLS");
    } else {
        lua_pop(L, 1);
    }
    if (!endpoint_is_path(address.kind)) {
        start_resolver_lj(L, attempt, LISTEN, true);
        return listen_k(L, LUA_OK, 0);
    }
    fd = sockets_listen_path(address.kind, address.path, mode, &listener->file);
    if (fd >= 0) {
        listener_begin(L, listener, fd);
    }
    return finish_listen_lj(L, listener, fd);
}

/* Stack: [address, options, attempt, connection] */
static int shake_hands_k(lua_State *L, int status, lua_KContext context)
{
    struct attempt *attempt = lua_touserdata(L, ATTEMPT);
    struct connection *connection = lua_touserdata(L, RESULT);

    (void)status;
    if (descriptor_number(&connection->descriptor) < 0) {
        return fail_lj(L, CONNECT, "it was closed");
    }
    if (transport_shake_hands(&connection->transport) == 0) {
        return 1;
    }
    if (errno != EAGAIN) {
        return fail_lj(L, CONNECT, transport_problem(&connection->transport));
    }
    if (task_now(L) >= attempt->due) {
        return fail_lj(L, CONNECT, "TLS: no answer (timeout)");
    }
    return descriptor_wait_lj(L, &connection->descriptor, connection->transport.wants, attempt->due, context,
                              shake_hands_k);
}

/* Stack: [address, options, attempt] -> [..., connection] */
static int finish_connect_lj(lua_State *L, struct attempt *attempt)
{
    struct connection *connection =
        connection_new_lj(L, attempt->idle, attempt->longest); /* ..., connection */
    char peer[ENDPOINT_TEXT];
    int fd = attempt->fd;

    if (attempt->next != NULL) {
        sockets_keep_alive(fd);
        endpoint_format(attempt->next->ai_addr, attempt->next->ai_addrlen, peer);
    } else {
        memcpy(peer, attempt->address.path, sizeof(attempt->address.path));
    }
    attempt->fd = -1;
    connection_begin_lj(L, connection, fd, peer);
    if (attempt->tls == NULL) {
        return 1;
    }
    connection_secure_lj(L, connection, attempt->tls,
                         attempt->address.host[0] != '\0' ? attempt->address.host : "localhost");
    return shake_hands_k(L, LUA_OK, 0);
}

/* Begins to connect to the next address that lets us. False: there is none. */
static bool connect_next(lua_State *L, struct attempt *attempt)
{
    int64_t now = task_now(L);
    int left = 0;

    close_socket(attempt);
    for (; attempt->next != NULL && attempt->fd < 0;
         attempt->next = attempt->fd < 0 ? attempt->next->ai_next : attempt->next) {
        attempt->fd = sockets_connect(attempt->next->ai_addr, attempt->next->ai_addrlen);
        attempt->problem = errno;
    }
    for (const struct addrinfo *one = attempt->next; one != NULL; one = one->ai_next) {
        left++;
    }
    attempt->step = left > 0 ? now + (attempt->due - now) / left : attempt->due;
    return attempt->fd >= 0;
}

static int connect_k(lua_State *L, int status, lua_KContext context);

/* The attempt with the present address is over: what came of it? */
static int conclude_lj(lua_State *L, struct attempt *attempt)
{
    int problem = task_ready(L) != 0 ? sockets_connect_problem(attempt->fd) : ETIMEDOUT;

    if (problem == 0) {
        return finish_connect_lj(L, attempt);
    }
    attempt->problem = problem;
    if (attempt->next != NULL) {
        attempt->next = attempt->next->ai_next;
    }
    if (attempt->next == NULL || !connect_next(L, attempt)) {
        return fail_lj(L, CONNECT, strerror(attempt->problem));
    }
    return task_wait_lj(L, attempt->fd, EPOLLOUT, attempt->step, 0, connect_k);
}

static int connect_k(lua_State *L, int status, lua_KContext context)
{
    struct attempt *attempt = lua_touserdata(L, ATTEMPT);

    (void)status;
    if (attempt->fd >= 0) {
        return conclude_lj(L, attempt);
    }
    if (!resolver_is_done(attempt->request)) {
        if (task_now(L) >= attempt->due) {
            return fail_lj(L, CONNECT, "DNS does not answer (timeout)");
        }
        return task_wait_lj(L, resolver_descriptor(attempt->request), EPOLLIN, attempt->due, context,
                            connect_k);
    }
    attempt->next = take_answer_lj(L, attempt, CONNECT);
    if (!connect_next(L, attempt)) {
        return fail_lj(L, CONNECT, strerror(attempt->problem));
    }
    return task_wait_lj(L, attempt->fd, EPOLLOUT, attempt->step, context, connect_k);
}

/* lure.net.connect(address [, options]) */
static int connect_lj(lua_State *L)
{
    static const char *const known[] = {"idle", "max_line", "timeout", "tls", NULL};
    struct endpoint address;
    struct attempt *attempt;

    lua_settop(L, OPTIONS); /* address, options */
    task_check_lj(L, CONNECT);
    options_address_lj(L, ADDRESS, CONNECT, &address);
    options_check_lj(L, OPTIONS, CONNECT, known);
    if (endpoint_is_datagram(address.kind)) {
        return fail_lj(L, CONNECT, "expected tcp:// or unix://, which have connections");
    }
    attempt = new_attempt_lj(L, &address,
                             task_now(L) + options_seconds_lj(L, OPTIONS, CONNECT, "timeout", TIMEOUT));
    attempt->idle = options_seconds_lj(L, OPTIONS, CONNECT, "idle", DEADLINE_NONE);
    attempt->longest =
        (size_t)options_integer_lj(L, OPTIONS, CONNECT, "max_line", LONGEST_LINE, 1, INT32_MAX);
    attempt->tls = read_tls_lj(L, CONNECT, TLS_CLIENT);
    if (!endpoint_is_path(address.kind)) {
        start_resolver_lj(L, attempt, CONNECT, false);
        return connect_k(L, LUA_OK, 0);
    }
    attempt->fd = sockets_connect_path(address.path); /* at once, or not at all */
    if (attempt->fd < 0) {
        return fail_lj(L, CONNECT, strerror(errno));
    }
    return finish_connect_lj(L, attempt);
}

int luaopen_lure_net(lua_State *L)
{
    connection_prepare_lj(L);
    listener_prepare_lj(L, serve_lj);
    lua_createtable(L, 0, 2);              /* module */
    lua_pushvalue(L, lua_upvalueindex(1)); /* module, log */
    lua_pushvalue(L, lua_upvalueindex(2)); /* module, log, budget */
    lua_pushcclosure(L, listen_lj, 2);     /* module, function */
    lua_setfield(L, -2, "listen");         /* module */
    lua_pushvalue(L, lua_upvalueindex(1)); /* module, log */
    lua_pushvalue(L, lua_upvalueindex(2)); /* module, log, budget */
    lua_pushcclosure(L, connect_lj, 2);    /* module, function */
    lua_setfield(L, -2, "connect");        /* module */
    return 1;
}
