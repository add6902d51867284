#include "base/forks.h"

#include <stddef.h>

unsigned forks_count;

static pthread_mutex_t library = PTHREAD_MUTEX_INITIALIZER;
static struct fork_lock *locks; /* of objects, those of the highest level first */

void forks_lock(void)
{
    pthread_mutex_lock(&library);
}

void forks_unlock(void)
{
    pthread_mutex_unlock(&library);
}

void fork_lock_adopt(struct fork_lock *lock, pthread_mutex_t *mutex, unsigned level)
{
    struct fork_lock **link = &locks;

    lock->taken = mutex;
    lock->level = level;
    forks_lock();
    while (*link != NULL && (*link)->level > level) {
        link = &(*link)->next;
    }
    lock->next = *link;
    lock->link = link;
    if (lock->next != NULL) {
        lock->next->link = &lock->next;
    }
    *link = lock;
    forks_unlock();
}

void fork_lock_open(struct fork_lock *lock, unsigned level)
{
    pthread_mutex_init(&lock->mutex, NULL);
    fork_lock_adopt(lock, &lock->mutex, level);
}

void fork_lock_close(struct fork_lock *lock)
{
    forks_lock();
    *lock->link = lock->next;
    if (lock->next != NULL) {
        lock->next->link = lock->link;
    }
    forks_unlock();
    pthread_mutex_destroy(&lock->mutex);
}

static void before_fork(void)
{
    forks_lock();
    for (struct fork_lock *lock = locks; lock != NULL; lock = lock->next) {
        pthread_mutex_lock(lock->taken);
    }
}

static void after_fork(void)
{
    for (struct fork_lock *lock = locks; lock != NULL; lock = lock->next) {
        pthread_mutex_unlock(lock->taken);
    }
    forks_unlock();
}

static void after_fork_in_child(void)
{
    forks_count++; /* the child has one thread */
    after_fork();
}

/* The C library forgets the handlers when it unloads the library. */
__attribute__((constructor)) static void watch_forks(void)
{
    pthread_atfork(before_fork, after_fork, after_fork_in_child);
}
