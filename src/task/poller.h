/*
 * poller: waits for descriptors, deadlines and other threads; one epoll descriptor.
 *
 * Watches and deadlines are embedded in what they belong to, so adding one allocates nothing; their addresses
 * must not change while they are added. A watch is level triggered. Who closes a descriptor removes its watch
 * before.
 *
 * The descriptors of the poller itself are opened by the first poller_add or poller_enter, and anew in a
 * forked child, since an epoll descriptor is shared with the parent. Where none can be had deadlines work all
 * the same.
 *
 * Threads: callers hold one lock, the plugin state's, for all but poller_wait. That one only waits, in
 * a system call, while other threads may do everything else: what they add or set wakes it where it has to.
 *
 * Deadlines are times of the script's clock. Where that stands nobody waits for it: only for descriptors, and
 * for deadlines that are set as real ones.
 *
 * Errors: a bool that is false, and errno.
 */
#ifndef LURE_TASK_POLLER_H
#define LURE_TASK_POLLER_H

#include "base/scriptclock.h"
#include "task/deadlines.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

#define POLLER_EVENTS 64

/* All zero but the first three members: it is not added. */
struct poller_watch {
    int fd;
    uint32_t events; /* EPOLLIN | EPOLLOUT …: what is asked for; EPOLLERR and EPOLLHUP always are */
    void (*ready)(struct poller_watch *watch,
                  uint32_t events);    /* must not throw; no Lua; may remove any watch */
    struct poller_watch *next, **link; /* of the poller's list; link NULL: not added */
};

struct poller {
    int epoll, wakeup; /* 0: not opened */
    unsigned forks;    /* of the process that has opened them (base/forks.h) */
    struct poller_watch *watches;
    const struct script_clock *clock; /* of the deadlines; NULL: CLOCK_MONOTONIC */
    struct deadlines deadlines, real_deadlines;
    bool waiting;     /* a thread is between poller_enter and poller_leave */
    bool interrupted; /* the last wait, by a signal */
    bool stale;       /* a watch was removed since */
    int64_t until;    /* when that one's wait ends */
    int count, next;  /* what it has got in `events`, and which of them is called next */
    struct epoll_event events[POLLER_EVENTS];
};

/* A poller that is all zero, but for its clock, is a new one. Closes its descriptors; it is new again.
 * Nothing is added, nobody waits. */
void poller_close(struct poller *poller);

/* Begins to watch. False: errno says why (EPERM: a regular file, which is always ready). */
bool poller_add(struct poller *poller, struct poller_watch *watch);

/* Asks for other events of one that is added. */
bool poller_change(struct poller *poller, struct poller_watch *watch, uint32_t events);

/* `ready` is not called any more. One that is not added is left alone. */
void poller_remove(struct poller *poller, struct poller_watch *watch);

/* Sets a deadline, or moves one that is set. */
void poller_set(struct poller *poller, struct poller_deadline *deadline, int64_t due);

/* The same with a time of CLOCK_MONOTONIC: for those that measure by no other clock, as libcurl. */
void poller_set_real(struct poller *poller, struct poller_deadline *deadline, int64_t due);

/* When the next deadline of the script's clock is; DEADLINE_NONE: there is none. */
int64_t poller_due(const struct poller *poller);

/* `reached` is not called any more. One that is not set is left alone. */
void poller_unset(struct poller *poller, struct poller_deadline *deadline);

/* Ends a wait of another thread that is between poller_enter and poller_leave; else the next one's. */
void poller_wake(struct poller *poller);

/*
 * Waits at most until then (ns of CLOCK_MONOTONIC), and calls what is ready. A signal ends it, too. Its three
 * parts are for callers that release their lock for poller_wait.
 */
void poller_run(struct poller *poller, int64_t until);

void poller_enter(struct poller *poller, int64_t until);
void poller_wait(struct poller *poller);
void poller_leave(struct poller *poller);

#endif
