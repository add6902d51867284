/*
 * threadpool: the thread pool, in which each routine has a thread of its own.
 *
 * A routine is called again as soon as it returns, until it returns false or is taken out.
 * Thread safe.
 */
#ifndef LURE_TESTHOST_THREADPOOL_H
#define LURE_TESTHOST_THREADPOOL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct routine;
struct routines;

/* One round, on the routine's thread; false: it was the last. */
typedef bool routine_round(void *owner, void (*function)(void), void *argument);

struct routines {
    pthread_mutex_t lock;
    bool ready;
    routine_round *round;
    void *owner;
    struct routine *first;
    bool stuck; /* one did not return in time: its thread goes on, with what it uses */
};

void routines_open(struct routines *routines, routine_round *round, void *owner);

/* NULL: no thread could be made. What it answers is only good for routines_remove. */
void *routines_add(struct routines *routines, void (*function)(void), void *argument);

/* No round begins after this; one that goes on is not waited for. False: it is not there (any more). */
bool routines_remove(struct routines *routines, const void *routine);

size_t routines_count(struct routines *routines);

/* Takes all out and waits for them. False: one did not return in this time, now or before. */
bool routines_purge(struct routines *routines, unsigned seconds);

void routines_close(struct routines *routines);

#endif
