#include "httpfloor.h"

#include "sockets.h"

#include <errno.h>
#include <llhttp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVENTS    64
#define READ_SIZE (16 * 1024)

struct connection {
    llhttp_t parser;
    struct httpfloor *server;
    int fd;
    char *body;
    size_t size, room;
};

static int on_body(llhttp_t *parser, const char *at, size_t size)
{
    struct connection *connection = parser->data;

    if (connection->room - connection->size < size) {
        connection->room = connection->size + size;
        connection->body = realloc(connection->body, connection->room);
        if (connection->body == NULL) {
            sockets_die("realloc");
        }
    }
    memcpy(connection->body + connection->size, at, size);
    connection->size += size;
    return 0;
}

static int on_whole(llhttp_t *parser)
{
    struct connection *connection = parser->data;
    char answer[256];
    time_t now = time(NULL);
    struct tm date;
    size_t size =
        strftime(answer, sizeof(answer),
                 "HTTP/1.1 204 No Content\r\nDate: %a, %d %b %Y %H:%M:%S GMT\r\nServer: floor\r\n\r\n",
                 gmtime_r(&now, &date));

    connection->server->take(connection->server->owner, connection->body, connection->size);
    free(connection->body); /* as lure does, an idle connection keeps none */
    connection->body = NULL;
    connection->size = connection->room = 0;
    return send(connection->fd, answer, size, MSG_NOSIGNAL) == (ssize_t)size ? 0 : -1;
}

static const llhttp_settings_t settings = {.on_body = on_body, .on_message_complete = on_whole};

static void watch(const struct httpfloor *server, int fd, void *what)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = what};

    if (epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        sockets_die("epoll_ctl");
    }
}

void httpfloor_open(struct httpfloor *server, unsigned short port)
{
    server->listener = sockets_listener(port);
    server->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (server->epoll < 0) {
        sockets_die("epoll_create1");
    }
    watch(server, server->listener, NULL);
}

static void accept_connections(struct httpfloor *server)
{
    int fd;

    while ((fd = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct connection *connection = calloc(1, sizeof(*connection));

        if (connection == NULL) {
            sockets_die("calloc");
        }
        connection->server = server;
        connection->fd = fd;
        llhttp_init(&connection->parser, HTTP_REQUEST, &settings);
        connection->parser.data = connection;
        watch(server, fd, connection);
    }
}

static void end_connection(struct connection *connection)
{
    close(connection->fd);
    free(connection->body);
    free(connection);
}

static void read_connection(struct connection *connection)
{
    char bytes[READ_SIZE];
    ssize_t got = recv(connection->fd, bytes, sizeof(bytes), 0);

    if (got < 0 && errno == EAGAIN) {
        return;
    }
    if (got <= 0 || llhttp_execute(&connection->parser, bytes, (size_t)got) != HPE_OK) {
        end_connection(connection);
    }
}

void httpfloor_step(struct httpfloor *server, int milliseconds)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(server->epoll, events, EVENTS, milliseconds);

    for (int i = 0; i < count; i++) {
        if (events[i].data.ptr == NULL) {
            accept_connections(server);
        } else {
            read_connection(events[i].data.ptr);
        }
    }
}

void httpfloor_close(struct httpfloor *server)
{
    close(server->listener);
    close(server->epoll);
}
