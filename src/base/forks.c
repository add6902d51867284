#include "base/forks.h"

#include <pthread.h>

unsigned forks_count;

static void count_fork(void)
{
    forks_count++; /* the child has one thread */
}

/* The C library forgets the handler when it unloads the library. */
__attribute__((constructor)) static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, count_fork);
}
