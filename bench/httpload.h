/*
 * httpload: the clients of a web server, in a process of their own.
 *
 * Connections that stay open send a POST of 1.5 KB, wait for the answer, which has no body, and send the
 * next.
 */
#ifndef LURE_BENCH_HTTPLOAD_H
#define LURE_BENCH_HTTPLOAD_H

#include <stdbool.h>

struct httpload {
    unsigned short port;
    int connections;
    double seconds; /* 0: each connection sends one request, one after the other, and stays */
    int child, from, until;
};

struct httpload_result {
    double requests, taken; /* how many were answered, in how many ns */
    double p99;             /* ns from a request to its answer */
};

/* Begins. Port, connections and seconds are set. */
void httpload_start(struct httpload *load);

/* Is the result there? */
bool httpload_is_done(const struct httpload *load);

/* Takes the result, and ends the clients. */
struct httpload_result httpload_end(struct httpload *load);

#endif
