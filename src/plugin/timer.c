#include "plugin/timer.h"

#include "base/clock.h"
#include "base/forks.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>

struct timer_task {
    struct timer_task *next;
    timer_function function;
    void *owner;
    int64_t due, interval; /* ns */
    bool over;
};

static int64_t now(void)
{
    return clock_now(CLOCK_MONOTONIC);
}

static void open_anew(struct timer *timer)
{
    pthread_condattr_t attributes;

    timer->forks = forks_seen();
    timer->running = false;
    timer->called = NULL;
    pthread_mutex_init(&timer->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&timer->changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

/* In a forked child there is no thread. */
static void check_fork(struct timer *timer)
{
    if (timer->forks != forks_seen()) {
        open_anew(timer);
    }
}

static void lock_timer(struct timer *timer)
{
    check_fork(timer);
    pthread_mutex_lock(&timer->lock);
}

void timer_open(struct timer *timer)
{
    *timer = (struct timer){.tasks = NULL};
    open_anew(timer);
}

void timer_close(struct timer *timer)
{
    check_fork(timer); /* the thread that is gone might still wait for the condition */
    pthread_cond_destroy(&timer->changed);
    pthread_mutex_destroy(&timer->lock);
}

/* The task that comes first; NULL: there is none. The lock is held. */
static struct timer_task *soonest(const struct timer *timer)
{
    struct timer_task *first = NULL;

    for (struct timer_task *task = timer->tasks; task != NULL; task = task->next) {
        if (!task->over && (first == NULL || task->due < first->due)) {
            first = task;
        }
    }
    return first;
}

/* The lock is held, but not while the function runs. */
static void call_task(struct timer *timer, struct timer_task *task)
{
    bool again;

    timer->called = task;
    pthread_mutex_unlock(&timer->lock);
    again = task->function(task->owner);
    pthread_mutex_lock(&timer->lock);
    timer->called = NULL;
    task->over = task->over || !again;
    task->due += task->interval;
    if (task->due < now()) {
        task->due = now() + task->interval; /* it was late: no burst to make up for it */
    }
    pthread_cond_broadcast(&timer->changed);
}

static void *run(void *ud)
{
    struct timer *timer = ud;

    pthread_mutex_lock(&timer->lock);
    while (timer->tasks != NULL) {
        struct timer_task *task = soonest(timer);

        if (task == NULL) {
            pthread_cond_wait(&timer->changed, &timer->lock);
        } else if (task->due <= now()) {
            call_task(timer, task);
        } else {
            struct timespec until = clock_timespec(task->due);

            pthread_cond_timedwait(&timer->changed, &timer->lock, &until);
        }
    }
    pthread_mutex_unlock(&timer->lock);
    return NULL;
}

/* Another reference to this library, so that it is not unloaded under a thread that runs in it. NULL: it is
 * no library. */
static void *hold_library(void)
{
    Dl_info info;

    return dladdr(&forks_count, &info) != 0 ? dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD) : NULL;
}

static void release_library(void *library)
{
    if (library != NULL) {
        dlclose(library);
    }
}

/* Signals are the host's own threads' business. */
static bool start_thread(struct timer *timer)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    timer->running = pthread_create(&timer->thread, NULL, run, timer) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (timer->running) {
        timer->library = hold_library();
    }
    return timer->running;
}

struct timer_task *timer_add(struct timer *timer, double delay, double interval, timer_function function,
                             void *owner)
{
    struct timer_task *task = calloc(1, sizeof(*task));

    if (task == NULL) {
        return NULL;
    }
    task->function = function;
    task->owner = owner;
    task->interval = (int64_t)(interval * (double)CLOCK_SECOND);
    task->due = now() + (int64_t)(delay * (double)CLOCK_SECOND);
    lock_timer(timer);
    task->next = timer->tasks;
    timer->tasks = task;
    if (!timer->running && !start_thread(timer)) {
        timer->tasks = task->next;
        free(task);
        task = NULL;
    }
    pthread_cond_broadcast(&timer->changed);
    pthread_mutex_unlock(&timer->lock);
    return task;
}

/* The lock is held. */
static void unlink_task(struct timer *timer, struct timer_task *task)
{
    struct timer_task **link = &timer->tasks;

    while (*link != task) {
        link = &(*link)->next;
    }
    *link = task->next;
}

bool timer_try_remove(struct timer *timer, struct timer_task *task)
{
    bool removed;

    lock_timer(timer);
    removed = timer->called != task && (timer->tasks != task || task->next != NULL);
    if (removed) {
        unlink_task(timer, task);
    }
    pthread_mutex_unlock(&timer->lock);
    if (removed) {
        free(task);
    }
    return removed;
}

void timer_remove(struct timer *timer, struct timer_task *task)
{
    pthread_t thread;
    bool last;

    if (task == NULL) {
        return;
    }
    lock_timer(timer);
    task->over = true;
    while (timer->called == task) {
        pthread_cond_wait(&timer->changed, &timer->lock);
    }
    unlink_task(timer, task);
    last = timer->tasks == NULL && timer->running;
    thread = timer->thread;
    timer->running = timer->running && !last;
    pthread_cond_broadcast(&timer->changed);
    pthread_mutex_unlock(&timer->lock);
    if (last) {
        pthread_join(thread, NULL);
        release_library(timer->library);
    }
    free(task);
}
