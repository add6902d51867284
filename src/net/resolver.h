/*
 * resolver: host names to addresses, without waiting for DNS.
 *
 * getaddrinfo cannot be interrupted, and may take half a minute. It runs in a helper thread, of which there
 * are at most RESOLVER_THREADS in the process; numbers are answered at once. Who asked waits for the
 * descriptor to be readable. If he gives up meanwhile, the thread lives on until DNS has answered, or not,
 * and frees the request.
 *
 * Owner of a request: who has started it. Any thread, one at a time.
 */
#ifndef LURE_NET_RESOLVER_H
#define LURE_NET_RESOLVER_H

#include "net/endpoint.h"

#include <netdb.h>
#include <stdbool.h>

#define RESOLVER_THREADS 8

struct resolver_request;

/* NULL: errno says why (EAGAIN: all threads wait for DNS). `to_listen`: the addresses are for bind. */
struct resolver_request *resolver_start(const struct endpoint *address, bool to_listen);

/* Readable once there is an answer; -1: there is one already. */
int resolver_descriptor(const struct resolver_request *request);

bool resolver_is_done(const struct resolver_request *request);

/* Once it is done: a list of addresses that lives as long as the request; NULL: resolver_problem says why
 * not. */
const struct addrinfo *resolver_result(const struct resolver_request *request);
const char *resolver_problem(const struct resolver_request *request);

void resolver_release(struct resolver_request *request);

#endif
