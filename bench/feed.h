/*
 * feed: what sources that wait read, by kind: a client of each.
 */
#ifndef LURE_BENCH_FEED_H
#define LURE_BENCH_FEED_H

#include <stddef.h>

enum kind { KIND_SLEEP, KIND_TAIL, KIND_PROCESS, KIND_UDP, KIND_TCP, KIND_HTTP, KINDS };

extern const char *const kind_names[KINDS];

struct feed {
    enum kind kind;
    char where[4096]; /* the file, the FIFO, the port */
    unsigned short port;
    int fd;
};

/* Makes the file or FIFO in `folder`, or chooses a port; before anything reads it. */
void feed_prepare(struct feed *feed, enum kind kind, const char *folder, int number);

/* Connects to what reads it. */
void feed_connect(struct feed *feed);

/* Sends one event: a line, a message, the body of a request. */
void feed_send(const struct feed *feed, const char *text);

/* Removes the file or FIFO. */
void feed_remove(const struct feed *feed);

#endif
