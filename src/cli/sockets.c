#include "cli/sockets.h"

#include "net/endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET_TYPE "lure.sockets.socket"

#define MOST_RECEIVED 65536

struct socket {
    int fd; /* -1: closed */
};

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un path;
};

static int fail_lj(lua_State *L, const char *what)
{
    luaL_pushfail(L);        /* nil */
    lua_pushstring(L, what); /* nil, message */
    return 2;
}

static int fail_errno_lj(lua_State *L)
{
    return fail_lj(L, strerror(errno));
}

static struct socket *check_lj(lua_State *L)
{
    struct socket *socket = luaL_checkudata(L, 1, SOCKET_TYPE);

    luaL_argcheck(L, socket->fd >= 0, 1, "the socket is closed");
    return socket;
}

/* Its length; 0: the host is no number. */
static socklen_t fill_address(const struct endpoint *endpoint, union address *address)
{
    in_port_t port = htons((in_port_t)atoi(endpoint->port));

    memset(address, 0, sizeof(*address));
    if (endpoint_is_path(endpoint->kind)) {
        address->path.sun_family = AF_UNIX;
        memcpy(address->path.sun_path, endpoint->path, sizeof(endpoint->path));
        return sizeof(address->path);
    }
    if (inet_pton(AF_INET, endpoint->host, &address->v4.sin_addr) == 1) {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = port;
        return sizeof(address->v4);
    }
    if (inet_pton(AF_INET6, endpoint->host, &address->v6.sin6_addr) == 1) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = port;
        return sizeof(address->v6);
    }
    return 0;
}

/* A new object without a descriptor. Stack: [] -> [socket] */
static struct socket *push_socket_lj(lua_State *L)
{
    struct socket *socket = lua_newuserdatauv(L, sizeof(*socket), 0); /* socket */

    socket->fd = -1;
    luaL_setmetatable(L, SOCKET_TYPE);
    return socket;
}

/* NULL, or what is wrong with the text. Stack: [text] unchanged */
static const char *read_address_lj(lua_State *L, struct endpoint *endpoint, union address *address,
                                   socklen_t *length)
{
    size_t size;
    const char *text = luaL_checklstring(L, 1, &size), *problem = endpoint_parse(text, size, endpoint);

    if (problem == NULL) {
        *length = fill_address(endpoint, address);
        problem = *length == 0 ? "expected an address in numbers, as 127.0.0.1" : NULL;
    }
    return problem;
}

static void set_nonblocking(int fd)
{
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static int connect_lj(lua_State *L)
{
    struct endpoint endpoint;
    union address address;
    socklen_t length = 0;
    const char *problem = read_address_lj(L, &endpoint, &address, &length);
    struct socket *made;

    if (problem != NULL) {
        return fail_lj(L, problem);
    }
    made = push_socket_lj(L); /* text, socket */
    made->fd = socket(address.any.sa_family,
                      (endpoint_is_datagram(endpoint.kind) ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
    if (made->fd < 0 || connect(made->fd, &address.any, length) != 0) {
        return fail_errno_lj(L);
    }
    set_nonblocking(made->fd);
    return 1;
}

static int listen_lj(lua_State *L)
{
    struct endpoint endpoint;
    union address address;
    socklen_t length = 0;
    const char *problem = read_address_lj(L, &endpoint, &address, &length);
    struct socket *made;
    const int one = 1;

    if (problem != NULL || endpoint.kind != ENDPOINT_TCP) {
        return fail_lj(L, problem != NULL ? problem : "expected tcp://");
    }
    made = push_socket_lj(L); /* text, socket */
    made->fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (made->fd < 0 || setsockopt(made->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
        bind(made->fd, &address.any, length) != 0 || listen(made->fd, SOMAXCONN) != 0) {
        return fail_errno_lj(L);
    }
    return 1;
}

static int accept_lj(lua_State *L)
{
    const struct socket *from = check_lj(L);
    struct socket *made = push_socket_lj(L); /* socket, made */

    made->fd = accept4(from->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    return made->fd >= 0 ? 1 : 0;
}

static int send_lj(lua_State *L)
{
    const struct socket *socket = check_lj(L);
    size_t size;
    const char *text = luaL_checklstring(L, 2, &size);
    ssize_t sent = send(socket->fd, text, size, MSG_NOSIGNAL);

    if (sent < 0 && errno != EAGAIN && errno != EINTR && errno != ENOBUFS) {
        return fail_errno_lj(L);
    }
    lua_pushinteger(L, sent < 0 ? 0 : sent); /* socket, text, count */
    return 1;
}

static int receive_lj(lua_State *L)
{
    const struct socket *socket = check_lj(L);
    char buffer[MOST_RECEIVED];
    ssize_t got = recv(socket->fd, buffer, sizeof(buffer), 0);

    if (got < 0) {
        return errno == EAGAIN || errno == EINTR ? 0 : fail_errno_lj(L);
    }
    lua_pushlstring(L, buffer, (size_t)got); /* socket, text */
    return 1;
}

static int port_lj(lua_State *L)
{
    const struct socket *socket = check_lj(L);
    union address address;
    socklen_t length = sizeof(address);

    if (getsockname(socket->fd, &address.any, &length) != 0) {
        return fail_errno_lj(L);
    }
    lua_pushinteger(L, endpoint_port(&address.any)); /* socket, port */
    return 1;
}

static int close_lj(lua_State *L)
{
    struct socket *socket = luaL_checkudata(L, 1, SOCKET_TYPE);

    if (socket->fd >= 0) {
        close(socket->fd);
    }
    socket->fd = -1;
    return 0;
}

LUAMOD_API int luaopen_lure_sockets(lua_State *L)
{
    static const luaL_Reg methods[] = {{"accept", accept_lj}, {"send", send_lj},   {"receive", receive_lj},
                                       {"port", port_lj},     {"close", close_lj}, {NULL, NULL}};
    static const luaL_Reg functions[] = {{"connect", connect_lj}, {"listen", listen_lj}, {NULL, NULL}};

    luaL_newmetatable(L, SOCKET_TYPE); /* metatable */
    lua_pushcfunction(L, close_lj);    /* metatable, function */
    lua_setfield(L, -2, "__gc");       /* metatable */
    luaL_newlib(L, methods);           /* metatable, methods */
    lua_setfield(L, -2, "__index");    /* metatable */
    luaL_newlib(L, functions);         /* metatable, module */
    return 1;
}
