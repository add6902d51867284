/*
 * httpfloor: a web server in a bare loop of epoll, with the parser that lure has (llhttp).
 *
 * It takes the bodies of requests, and answers each with what lure answers for a status of 204. One thread.
 */
#ifndef LURE_BENCH_HTTPFLOOR_H
#define LURE_BENCH_HTTPFLOOR_H

#include <stddef.h>

struct httpfloor {
    int epoll, listener;
    void (*take)(void *owner, const char *body, size_t size);
    void *owner;
};

/* Listens at a port of 127.0.0.1. Ends the program where that fails. */
void httpfloor_open(struct httpfloor *server, unsigned short port);

/* Waits at most so long for requests, and answers them. */
void httpfloor_step(struct httpfloor *server, int milliseconds);

/* Its connections are closed by the end of the process. */
void httpfloor_close(struct httpfloor *server);

#endif
