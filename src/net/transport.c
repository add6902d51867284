#include "net/transport.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

static ssize_t read_plain(struct transport *transport, void *to, size_t room)
{
    ssize_t got;

    do {
        got = recv(transport->fd, to, room, MSG_DONTWAIT);
    } while (got < 0 && errno == EINTR);
    transport->wants = EPOLLIN;
    return got;
}

static ssize_t write_plain(struct transport *transport, const void *from, size_t size)
{
    ssize_t sent;

    do {
        sent = send(transport->fd, from, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    transport->wants = EPOLLOUT;
    return sent;
}

static void close_plain(struct transport *transport)
{
    (void)transport;
}

void transport_open_plain(struct transport *transport, int fd)
{
    static const struct transport_class plain = {read_plain, write_plain, close_plain, NULL, false};

    *transport = (struct transport){.class = &plain, .fd = fd};
}

const char *transport_problem(const struct transport *transport)
{
    int number = errno;
    const char *more = transport->class->problem != NULL ? transport->class->problem(transport) : NULL;

    return more != NULL ? more : strerror(number);
}
