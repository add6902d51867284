/*
 * endpoint: what lure.net.listen and connect are given: "udp://127.0.0.1:514", "tcp://[::1]:601",
 * "unix:///run/x.sock", "unixgram:///dev/log"; and texts of socket addresses.
 *
 * Nothing is allocated. Thread safe.
 */
#ifndef LURE_NET_ENDPOINT_H
#define LURE_NET_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

enum endpoint_kind { ENDPOINT_UDP, ENDPOINT_TCP, ENDPOINT_UNIX, ENDPOINT_UNIXGRAM };

struct endpoint {
    enum endpoint_kind kind;
    char host[256]; /* of the first two: a name or a number, without brackets */
    char port[8];   /* in digits */
    char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)]; /* of the others: absolute */
};

/* The longest text of a socket address, with its NUL. */
#define ENDPOINT_TEXT 128

/* NULL, or what is wrong with the text. */
const char *endpoint_parse(const char *text, size_t length, struct endpoint *address);

/* True for the kinds that send messages, not a stream. */
static inline bool endpoint_is_datagram(enum endpoint_kind kind)
{
    return kind == ENDPOINT_UDP || kind == ENDPOINT_UNIXGRAM;
}

static inline bool endpoint_is_path(enum endpoint_kind kind)
{
    return kind == ENDPOINT_UNIX || kind == ENDPOINT_UNIXGRAM;
}

/* "udp", … */
const char *endpoint_kind_name(enum endpoint_kind kind);

/* Writes "127.0.0.1:514", "[::1]:514" or a path ("": a socket without one) to `text`, of ENDPOINT_TEXT bytes.
 * Returns its length. An IPv4 address in IPv6's form is written as IPv4. */
size_t endpoint_format(const struct sockaddr *socket_address, socklen_t length, char *text);

/* The port, or 0. */
unsigned endpoint_port(const struct sockaddr *socket_address);

#endif
