#include "base/helperthread.h"

#include "base/forks.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

struct helperthread {
    struct helperthread *next;
    pthread_t thread;
    void (*run)(void *argument);
    void *argument;
    void *library; /* a reference to ours; NULL: it is no library */
    unsigned forks;
    bool ended; /* set atomically, at the end of the thread */
};

static struct helperthread *left; /* behind forks_lock */

static void *run_helper(void *ud)
{
    struct helperthread *helper = ud;

    helper->run(helper->argument);
    __atomic_store_n(&helper->ended, true, __ATOMIC_RELEASE);
    return NULL;
}

static void *hold_library(void)
{
    Dl_info info;

    return dladdr(&forks_count, &info) != 0 ? dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD) : NULL;
}

static void release(struct helperthread *helper)
{
    if (helper->library != NULL) {
        dlclose(helper->library);
    }
    free(helper);
}

void helperthread_join(struct helperthread *thread)
{
    if (thread->forks == forks_seen()) {
        pthread_join(thread->thread, NULL);
    }
    release(thread);
}

void helperthread_leave(struct helperthread *thread)
{
    forks_lock();
    thread->next = left;
    left = thread;
    forks_unlock();
}

/* Takes out one that has ended, or was left behind by a fork; NULL: there is none. */
static struct helperthread *take_ended(void)
{
    struct helperthread *helper, **link = &left;

    forks_lock();
    while ((helper = *link) != NULL && helper->forks == forks_seen() &&
           !__atomic_load_n(&helper->ended, __ATOMIC_ACQUIRE)) {
        link = &helper->next;
    }
    if (helper != NULL) {
        *link = helper->next;
    }
    forks_unlock();
    return helper;
}

void helperthread_collect(void)
{
    struct helperthread *helper;

    while ((helper = take_ended()) != NULL) {
        helperthread_join(helper); /* it is about to return */
    }
}

/* 0, or an errno. */
static int create_thread(struct helperthread *helper, size_t stack)
{
    sigset_t all, before;
    pthread_attr_t attributes;
    int problem;

    pthread_attr_init(&attributes);
    if (stack > 0) {
        pthread_attr_setstacksize(&attributes, stack);
    }
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    problem = pthread_create(&helper->thread, &attributes, run_helper, helper);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return problem;
}

struct helperthread *helperthread_start(void (*run)(void *argument), void *argument, size_t stack)
{
    struct helperthread *helper = calloc(1, sizeof(*helper));
    int problem;

    if (helper == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    helper->run = run;
    helper->argument = argument;
    helper->forks = forks_seen();
    helper->library = hold_library();
    problem = create_thread(helper, stack);
    if (problem != 0) {
        release(helper);
        errno = problem;
        return NULL;
    }
    return helper;
}
