#include "testhost/threadpool.h"

#include "base/clock.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct routine {
    struct routine *next;
    struct thread_pool *routines;
    pthread_t thread;
    atomic_bool removed; /* the plugin took it out, or it ended itself */
    void (*function)(void);
    void *argument;
};

void thread_pool_open(struct thread_pool *routines, routine_round *round, void *owner)
{
    memset(routines, 0, sizeof *routines);
    pthread_mutex_init(&routines->lock, NULL);
    routines->round = round;
    routines->owner = owner;
    routines->ready = true;
}

static void *run_routine(void *argument)
{
    struct routine *routine = argument;
    struct thread_pool *routines = routine->routines;

    while (!atomic_load(&routine->removed))
        if (!routines->round(routines->owner, routine->function, routine->argument))
            atomic_store(&routine->removed, true);
    return NULL;
}

void *thread_pool_add(struct thread_pool *routines, void (*function)(void), void *argument)
{
    struct routine *routine = calloc(1, sizeof *routine);
    sigset_t all, old;
    int failed;

    if (routine == NULL)
        return NULL;
    routine->routines = routines;
    routine->function = function;
    routine->argument = argument;
    sigfillset(&all);
    pthread_mutex_lock(&routines->lock);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    failed = pthread_create(&routine->thread, NULL, run_routine, routine);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (failed == 0) {
        routine->next = routines->first;
        routines->first = routine;
    }
    pthread_mutex_unlock(&routines->lock);
    if (failed == 0)
        return routine;
    free(routine);
    return NULL;
}

bool thread_pool_remove(struct thread_pool *routines, const void *removed)
{
    bool found = false;

    pthread_mutex_lock(&routines->lock);
    for (struct routine *routine = routines->first; routine != NULL; routine = routine->next)
        if (routine == removed)
            found = !atomic_exchange(&routine->removed, true);
    pthread_mutex_unlock(&routines->lock);
    return found;
}

size_t thread_pool_count(struct thread_pool *routines)
{
    size_t count = 0;

    pthread_mutex_lock(&routines->lock);
    for (const struct routine *routine = routines->first; routine != NULL; routine = routine->next)
        count += !atomic_load(&routine->removed);
    pthread_mutex_unlock(&routines->lock);
    return count;
}

bool thread_pool_purge(struct thread_pool *routines, unsigned seconds)
{
    struct routine *first;
    struct timespec until = clock_timespec(clock_now(CLOCK_REALTIME) + seconds * CLOCK_SECOND);

    pthread_mutex_lock(&routines->lock);
    first = routines->first;
    routines->first = NULL;
    for (struct routine *routine = first; routine != NULL; routine = routine->next)
        atomic_store(&routine->removed, true);
    pthread_mutex_unlock(&routines->lock);
    while (first != NULL) {
        struct routine *routine = first;
        first = routine->next;
        if (pthread_timedjoin_np(routine->thread, NULL, &until) == 0) {
            free(routine);
        } else { /* its thread has it */
            pthread_detach(routine->thread);
            routines->stuck = true;
        }
    }
    return !routines->stuck;
}

void thread_pool_close(struct thread_pool *routines)
{
    if (routines->ready && !routines->stuck)
        pthread_mutex_destroy(&routines->lock);
    memset(routines, 0, sizeof *routines);
}
