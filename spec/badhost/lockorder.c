/*
 * lockorder: watches the order in which the threads of a program take mutexes (LD_PRELOAD).
 *
 * Two mutexes that are each taken while the other one is held can make two threads, or a thread and a fork,
 * wait for each other for ever; whether they ever do is chance, but that they may is seen here at once. A
 * function of the C library whose lock stays locked in a forked child must not be called at all. Ends the
 * program with 1 for either.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define EXPORTED __attribute__((visibility("default")))

#define MOST_HELD  32
#define MOST_PAIRS 4096

static __thread pthread_mutex_t *held[MOST_HELD]; /* by this thread, in the order in which it took them */
static __thread unsigned held_count;

static struct pair {
    const pthread_mutex_t *outer, *inner;
} pairs[MOST_PAIRS];
static unsigned pairs_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of the pairs */

static int (*real_lock)(pthread_mutex_t *), (*real_unlock)(pthread_mutex_t *),
    (*real_destroy)(pthread_mutex_t *);

__attribute__((constructor)) static void find_functions(void)
{
    *(void **)&real_lock = dlsym(RTLD_NEXT, "pthread_mutex_lock");
    *(void **)&real_unlock = dlsym(RTLD_NEXT, "pthread_mutex_unlock");
    *(void **)&real_destroy = dlsym(RTLD_NEXT, "pthread_mutex_destroy");
}

static void fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    _exit(1);
}

static bool have_pair(const pthread_mutex_t *outer, const pthread_mutex_t *inner)
{
    for (unsigned i = 0; i < pairs_count; i++) {
        if (pairs[i].outer == outer && pairs[i].inner == inner) {
            return true;
        }
    }
    return false;
}

/* `lock` is held. */
static void note_pair(const pthread_mutex_t *outer, const pthread_mutex_t *inner)
{
    if (have_pair(inner, outer)) {
        fail("mutexes %p and %p: each is taken while the other one is held\n", (const void *)outer,
             (const void *)inner);
    }
    if (!have_pair(outer, inner)) {
        if (pairs_count == MOST_PAIRS) {
            fail("too many pairs of mutexes\n");
        }
        pairs[pairs_count++] = (struct pair){outer, inner};
    }
}

static void note_lock(pthread_mutex_t *mutex)
{
    if (held_count == MOST_HELD) {
        fail("too many mutexes are held\n");
    }
    if (held_count > 0) {
        real_lock(&lock);
        for (unsigned i = 0; i < held_count; i++) {
            note_pair(held[i], mutex);
        }
        real_unlock(&lock);
    }
    held[held_count++] = mutex;
}

EXPORTED int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    note_lock(mutex);
    return real_lock(mutex);
}

EXPORTED int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    for (unsigned i = held_count; i-- > 0;) {
        if (held[i] == mutex) {
            held_count--;
            for (; i < held_count; i++) {
                held[i] = held[i + 1];
            }
            break;
        }
    }
    return real_unlock(mutex);
}

/* Another one may stand at its address later. */
EXPORTED int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    real_lock(&lock);
    for (unsigned i = pairs_count; i-- > 0;) {
        if (pairs[i].outer == mutex || pairs[i].inner == mutex) {
            pairs[i] = pairs[--pairs_count];
        }
    }
    real_unlock(&lock);
    return real_destroy(mutex);
}

EXPORTED struct tm *gmtime_r(const time_t *seconds, struct tm *parts)
{
    (void)seconds;
    fail("gmtime_r was called\n");
    return parts;
}
