/*
 * waitfloor: what sources that wait do, by plain system calls: one of each kind.
 */
#ifndef LURE_BENCH_WAITFLOOR_H
#define LURE_BENCH_WAITFLOOR_H

#include "feed.h"
#include "httpfloor.h"

#include <stddef.h>

struct waitfloor {
    enum kind kind;
    int fd;       /* what is waited for, or -1 */
    int listener; /* until somebody has connected, or -1 */
    int file, child;
    struct httpfloor server;
    char bytes[64 * 1024]; /* what came last */
    size_t size;
};

void waitfloor_open(struct waitfloor *floor, const struct feed *feed);

/* Waits at most so long. What has come is in `bytes`; size 0: nothing has. */
void waitfloor_wait(struct waitfloor *floor, int milliseconds);

void waitfloor_close(struct waitfloor *floor);

#endif
