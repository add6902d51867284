/*
 * deadlines: a heap of points in time, the soonest first.
 *
 * A pairing heap whose nodes lie in their owners' objects: nothing is allocated, so nothing fails. Setting
 * takes constant time; taking one out O(log n) on average.
 *
 * Not thread safe.
 */
#ifndef LURE_TASK_DEADLINES_H
#define LURE_TASK_DEADLINES_H

#include <stdbool.h>
#include <stdint.h>

/* Never. */
#define DEADLINE_NONE INT64_MAX

/* All zero: it is not set. Its address must not change while it is. */
struct poller_deadline {
    int64_t due;                                       /* ns of the script's clock (base/scriptclock.h) */
    void (*reached)(struct poller_deadline *deadline); /* called by the poller (task/poller.h), when it is not
                                                        * set any more; must not throw; no Lua */
    bool set;
    bool real; /* `due` is of CLOCK_MONOTONIC, whatever the script's clock shows */
    struct poller_deadline *child, *next, **link; /* of the heap */
};

struct deadlines {
    struct poller_deadline *soonest; /* or NULL */
};

/* Sets one that is not set. */
void deadlines_add(struct deadlines *deadlines, struct poller_deadline *deadline);

/* Takes out one that is set. */
void deadlines_remove(struct deadlines *deadlines, struct poller_deadline *deadline);

#endif
