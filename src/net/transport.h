/*
 * transport: bytes over a connected socket, as they are (transport_open_plain), or by way of TLS
 * (net/tlstransport.h).
 *
 * A transport is embedded in what owns the connection. It never waits: where it would, it says for what. The
 * descriptor is the owner's, who closes it after transport_close.
 *
 * Not thread safe.
 */
#ifndef LURE_NET_TRANSPORT_H
#define LURE_NET_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/types.h>

struct transport;

struct transport_class {
    /* As read and send: the number of bytes; 0: the end; -1: errno. EAGAIN: wait until the descriptor has one
     * of transport->wants, then call it again with the same arguments. No SIGPIPE. */
    ssize_t (*read)(struct transport *transport, void *to, size_t room);
    ssize_t (*write)(struct transport *transport, const void *from, size_t size);
    void (*close)(struct transport *transport); /* releases what it has, but the descriptor */
    const char *(*problem)(
        const struct transport *transport); /* after an error but EAGAIN, in words, or NULL */
    bool keeps; /* there may be bytes to read that the descriptor does not tell of */
};

struct transport {
    const struct transport_class *class;
    int fd;
    uint32_t wants; /* EPOLLIN, EPOLLOUT: after EAGAIN */
    void *data;     /* the class's */
};

void transport_open_plain(struct transport *transport, int fd);

static inline ssize_t transport_read(struct transport *transport, void *to, size_t room)
{
    return transport->class->read(transport, to, room);
}

static inline ssize_t transport_write(struct transport *transport, const void *from, size_t size)
{
    return transport->class->write(transport, from, size);
}

/* Whether who reads next may wait first, as after EAGAIN: that saves a read that finds nothing. */
static inline bool transport_waits(struct transport *transport)
{
    transport->wants = EPOLLIN;
    return !transport->class->keeps;
}

/* What errno says after read or write, or more. */
const char *transport_problem(const struct transport *transport);

static inline void transport_close(struct transport *transport)
{
    transport->class->close(transport);
}

#endif
