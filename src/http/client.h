/*
 * client: HTTP requests by libcurl, driven by a poller: connections are kept and used again.
 *
 * A client belongs to a task group and has one identity (certificates), so a connection is never used for a
 * request with another. It ends with the group: transfers that are left then are over, without an answer.
 *
 * A transfer never waits. libcurl is given the addresses of the host, and cannot look names up itself. It
 * does not follow redirects, takes no proxy from the environment, sends no signal, and speaks HTTP/1.1 and
 * nothing else. What the script makes it keep is charged to the plugin state's budget, connections,
 * certificates and answers included.
 *
 * Owner: the Lua state's list of clients, and of a transfer who has started it. Callers hold the plugin
 * state's lock.
 */
#ifndef LURE_HTTP_CLIENT_H
#define LURE_HTTP_CLIENT_H

#include "base/libraryheap.h"
#include "http/url.h"
#include "task/task.h"
#include "tls/certificates.h"

#include <netdb.h>
#include <stdbool.h>
#include <stddef.h>

struct http_client;
struct log;

/* Those of a Lua state; all zero: none. */
struct http_clients {
    struct http_client *first;
    struct memory_budget *budget;
    struct log *log; /* for lure.http; not used here */
};

/* The client of the task's group with these files, with what is in them now. NULL: `problem` says why. */
struct http_client *http_client_for(struct http_clients *clients, struct task *task,
                                    const struct certificate_paths *paths, char *problem, size_t size);

/* Ends all; there are none then. */
void http_clients_close(struct http_clients *clients);

#define HTTP_PROBLEM 384

/* What is asked for; but for what is said below, it is copied. */
struct http_order {
    const struct url *url;
    const struct url *proxy;          /* or NULL */
    const struct addrinfo *addresses; /* of the host, or of the proxy; NULL: it is a number */
    const char *method;
    const char *body; /* NULL: none; stays until the transfer is released */
    size_t body_size;
    const char *const *headers; /* "name: value" */
    size_t header_count;
    size_t most;     /* bytes of the answer's body, unpacked */
    bool unverified; /* any certificate will do */
};

enum http_outcome {
    HTTP_RUNNING,
    HTTP_ANSWERED,
    HTTP_FAILED,  /* `problem` says why; the next attempt may succeed */
    HTTP_REFUSED, /* it would fail again: a certificate, the size of the answer, memory */
};

/* A transfer, to be read while it is not running. */
struct http_transfer {
    struct task_queue waiting; /* woken once it does not run any more */
    enum http_outcome outcome;
    char problem[HTTP_PROBLEM];
    long status;
    char *head; /* the answer's header, with its first line */
    size_t head_size;
    char *body;
    size_t body_size;
};

/* NULL: out of memory. It begins with the next run of the poller. */
struct http_transfer *http_transfer_start(struct http_client *client, const struct http_order *order);

/* Ends it, if it still runs. Nobody waits in its queue. */
void http_transfer_release(struct http_transfer *transfer);

#endif
