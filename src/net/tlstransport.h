/*
 * tlstransport: a transport (net/transport.h) by way of TLS, as client or server.
 *
 * The first read or write shakes hands. It fails with EPROTO where TLS fails; transport_problem tells why. An
 * end of the stream that the other end did not announce is an error, too (ECONNRESET): somebody may have cut
 * it off.
 *
 * Not thread safe; memory is of the configuration's heap.
 */
#ifndef LURE_NET_TLSTRANSPORT_H
#define LURE_NET_TLSTRANSPORT_H

#include "net/transport.h"
#include "tls/config.h"

#include <stdbool.h>

/* Holds the configuration until it is closed. `name`: whom a client wants to talk to; NULL for a server.
 * False: out of memory; the transport is not open. */
bool transport_open_tls(struct transport *transport, int fd, struct tls_config *config, const char *name);

/* 0: hands were shaken; -1: errno, as of read. */
int transport_shake_hands(struct transport *transport);

#endif
