/*
 * turns: the lock of a plugin state, taken in turns.
 *
 * Falco asks for metrics on its web server's thread, and `async` and `every` run on a
 * thread of ours, while the host extracts fields. A plain mutex would let a busy thread
 * take the lock again and again before one that waits wakes up; here who waits comes next.
 *
 * A state that only one thread ever enters has a lock that is off: it costs nothing.
 */
#ifndef LURE_PLUGIN_TURNS_H
#define LURE_PLUGIN_TURNS_H

#include <pthread.h>
#include <stdbool.h>

struct turns {
    bool on;
    pthread_mutex_t next; /* held by the one that waits for `inside` */
    pthread_mutex_t inside;
};

/* `on` is never changed while a thread is inside. */
void turns_open(struct turns *turns, bool on);
void turns_close(struct turns *turns);

void turns_lock(struct turns *turns);
void turns_unlock(struct turns *turns);

/* The same, of a lock that may be off. */
static inline void turns_enter(struct turns *turns)
{
    if (turns->on) {
        turns_lock(turns);
    }
}

static inline void turns_leave(struct turns *turns)
{
    if (turns->on) {
        turns_unlock(turns);
    }
}

/* False: it was not free within so many milliseconds. */
bool turns_try(struct turns *turns, unsigned milliseconds);

#endif
