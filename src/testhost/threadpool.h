/*
 * threadpool: the host's thread pool, which runs the routines of plugins, each on a thread of its own.
 *
 * A routine is called again as soon as it returns, until it returns false or is removed. Thread safe.
 */
#ifndef LURE_TESTHOST_THREADPOOL_H
#define LURE_TESTHOST_THREADPOOL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct routine;
struct thread_pool;

/* One round, on the routine's thread; false: it was the last. */
typedef bool routine_round(void *owner, void (*function)(void), void *argument);

struct thread_pool {
    pthread_mutex_t lock;
    bool ready;
    routine_round *round;
    void *owner;
    struct routine *first;
    bool stuck; /* one did not return in time: its thread goes on, with what it uses */
};

void thread_pool_open(struct thread_pool *routines, routine_round *round, void *owner);

/* NULL: no thread could be made. What it returns is only good for thread_pool_remove. */
void *thread_pool_add(struct thread_pool *routines, void (*function)(void), void *argument);

/* No round begins after this; one that goes on is not waited for. False: it is not there (any more). */
bool thread_pool_remove(struct thread_pool *routines, const void *routine);

size_t thread_pool_count(struct thread_pool *routines);

/* Takes all out and waits for them. False: one did not return in this time, now or before. */
bool thread_pool_purge(struct thread_pool *routines, unsigned seconds);

void thread_pool_close(struct thread_pool *routines);

#endif
