/*
 * datagrams: receives messages of a socket, many with one system call, and counts what the system has
 * dropped.
 *
 * Owner: a listener, whose Lua state has the memory: datagrams_size bytes at an address as malloc aligns it.
 * Not thread safe.
 */
#ifndef LURE_NET_DATAGRAMS_H
#define LURE_NET_DATAGRAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define DATAGRAMS_BATCH 16

struct datagrams;

/* One message. */
struct datagram {
    const char *bytes; /* until the next batch is received */
    size_t size;       /* of them */
    bool truncated;    /* it was longer */
    const struct sockaddr_storage *sender;
    socklen_t sender_length;
};

/* What messages of at most `longest` bytes need. */
size_t datagrams_size(size_t longest);

struct datagrams *datagrams_open(void *memory, size_t longest);

/* The next message; 1: there is one; 0: none waits; -1: errno. */
int datagrams_next(struct datagrams *datagrams, int fd, struct datagram *datagram);

/* How many messages of this socket were dropped since the last call. */
uint32_t datagrams_lost(struct datagrams *datagrams, int fd);

#endif
