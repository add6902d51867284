/*
 * fairlock: a fair mutex, the lock of a plugin state.
 *
 * Falco reads metrics on its web server's thread, and `async` and `every` run on a
 * thread of ours, while the host extracts fields. A plain mutex would let a busy thread
 * take the lock again and again before one that waits wakes up (starvation); here a thread that waits comes
 * next.
 *
 * A state that only one thread ever enters has a lock that is off: it only notes that its thread is inside,
 * for a child that is forked meanwhile.
 */
#ifndef LURE_PLUGIN_FAIRLOCK_H
#define LURE_PLUGIN_FAIRLOCK_H

#include "base/forks.h"

#include <pthread.h>
#include <stdbool.h>

struct fair_lock {
    bool on;
    bool entered;         /* of a lock that is off: its thread is inside */
    unsigned paused;      /* threads of the host's that wait outside, in the middle of a call */
    unsigned forks;       /* of the process whose threads take it (base/forks.h) */
    pthread_mutex_t next; /* held by the thread that waits for `inside` */
    pthread_mutex_t inside;
};

/* `on` is never changed while a thread is inside. The lock is never closed: it holds nothing but its memory,
 * and a thread may still wait for it when its state ends. */
void fairlock_open(struct fair_lock *lock, bool on);

/* In a forked child: makes the lock anew if it was free at the fork. */
bool fairlock_revive(struct fair_lock *lock);

void fairlock_lock(struct fair_lock *lock);
void fairlock_unlock(struct fair_lock *lock);

/* The same, of a lock that may be off. */
static inline void fairlock_enter(struct fair_lock *lock)
{
    if (lock->on) {
        fairlock_lock(lock);
    } else {
        lock->entered = true;
        __atomic_signal_fence(__ATOMIC_SEQ_CST); /* the compiler leaves it before what is done inside */
    }
}

static inline void fairlock_leave(struct fair_lock *lock)
{
    if (lock->on) {
        fairlock_unlock(lock);
    } else {
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
        lock->entered = false;
    }
}

/* Around a wait in the middle of a call of the host's: others may enter meanwhile. */
static inline void fairlock_pause(struct fair_lock *lock)
{
    lock->paused++;
    fairlock_leave(lock);
}

static inline void fairlock_resume(struct fair_lock *lock)
{
    fairlock_enter(lock);
    lock->paused--;
}

/*
 * To be asked before the lock is taken. False: this is a forked child, and another thread was inside at the
 * fork, or paused; what it was about is half done for ever.
 */
static inline bool fairlock_is_usable(struct fair_lock *lock)
{
    return lock->forks == forks_seen() || fairlock_revive(lock);
}

/* False: it was not free within so many milliseconds. */
bool fairlock_try(struct fair_lock *lock, unsigned milliseconds);

#endif
