/*
 * clientparts: what client.c (the poller's side) and transfer.c (libcurl's requests) of src/http share.
 */
#ifndef LURE_HTTP_CLIENTPARTS_H
#define LURE_HTTP_CLIENTPARTS_H

#include "http/client.h"

#include <curl/curl.h>
#include <mbedtls/ssl.h>

struct http_running;

struct http_client {
    struct task_resource resource;
    struct http_client *next, **link; /* of the state's list; link NULL: retired */
    const struct task_group *group;
    struct poller *poller; /* the group's */
    struct poller_deadline deadline;
    struct libraryheap *heap;
    struct certificate_paths paths;
    struct certificates certificates;
    CURLM *multi;
    struct http_socket *sockets;
    struct http_running *transfers;
    void (*end_if_retired)(
        struct http_client *client); /* its last transfer is over, and nothing new will come */
};

/* A transfer, as its owner does not see it. */
struct http_running {
    struct http_transfer public; /* first */
    struct http_client *client;  /* NULL: it is over */
    struct http_running *next, **link;
    CURL *easy;
    struct curl_slist *headers, *addresses;
    size_t head_room, body_room, most;
    bool too_large, out_of_memory, unverified;
    char error[CURL_ERROR_SIZE];
};

/* libcurl has ended it: takes the answer, and wakes who waits. The client's heap is entered. */
void transfer_finish(struct http_running *running, CURLcode code);

/* It is over without an answer. The same. */
void transfer_abandon(struct http_running *running, const char *problem);

#endif
