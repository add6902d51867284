/*
 * forks: tells a process that was forked from the one that made an object, and keeps locks usable in it.
 *
 * Threads do not live on in a forked child, and a mutex that one of them held stays locked there. Who owns a
 * thread or a mutex keeps forks_seen() with it, and makes them anew where that has changed; or the mutex is
 * one that this module takes around each fork.
 *
 * Thread safe.
 */
#ifndef LURE_BASE_FORKS_H
#define LURE_BASE_FORKS_H

#include <pthread.h>

extern unsigned forks_count;

/* How many forks lie between this process and the one that loaded the library. */
static inline unsigned forks_seen(void)
{
    return forks_count;
}

/*
 * The lock of what the library has once for all plugin states. It is free in a forked child. Who holds it
 * takes no other lock, and calls nothing that may wait.
 */
void forks_lock(void);
void forks_unlock(void);

/*
 * A lock of an object that is free in a forked child too: what it guards is whole there. Who holds it may
 * allocate memory, and take those of a lower level: a fork takes those of the highest level first.
 */
struct fork_lock {
    pthread_mutex_t mutex;  /* of one that was opened */
    pthread_mutex_t *taken; /* around a fork */
    unsigned level;
    struct fork_lock *next, **link;
};

void fork_lock_open(struct fork_lock *lock, unsigned level);
void fork_lock_close(struct fork_lock *lock);

/* The same for a mutex that a library has made. */
void fork_lock_adopt(struct fork_lock *lock, pthread_mutex_t *mutex, unsigned level);

#endif
