/*
 * timer: one thread that calls functions at intervals, for `async` and `every`.
 *
 * Hosts have a thread pool for this, but its routines spin, or starve one another. The
 * thread starts with the first task, has all signals blocked, and has ended when the last
 * task is removed. While it runs the library is not unloaded. In a forked child there is no
 * thread until a task is added.
 *
 * Owner: the plugin state. Tasks are added and removed by one thread at a time; timer_remove, which waits, is
 * never called on the timer's own thread.
 */
#ifndef LURE_PLUGIN_TIMER_H
#define LURE_PLUGIN_TIMER_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* A task's function; false: it is not called again. No lock of the timer's is held meanwhile. */
typedef bool (*timer_function)(void *owner);

struct timer_task;

struct timer {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a task was added or removed, or a function has returned */
    pthread_t thread;
    unsigned forks;            /* of the process that the thread is in (base/forks.h) */
    bool running;              /* there is a thread */
    void *library;             /* its reference to this library (dlopen) */
    struct timer_task *tasks;  /* soonest first is not kept: there are few */
    struct timer_task *called; /* whose function runs now, or NULL */
};

void timer_open(struct timer *timer);
void timer_close(struct timer *timer); /* all tasks are removed before */

/* A new task: first called after `delay` seconds, then every `interval`. NULL: out of memory or of threads.
 */
struct timer_task *timer_add(struct timer *timer, double delay, double interval, timer_function function,
                             void *owner);

/*
 * Its function is not called again; waits until it has returned, and frees the task. The caller holds no lock
 * that the function takes. NULL is allowed.
 */
void timer_remove(struct timer *timer, struct timer_task *task);

/*
 * The same without waiting, on any thread: false, and nothing is changed, where the function runs now, or
 * where it is the only task left.
 */
bool timer_try_remove(struct timer *timer, struct timer_task *task);

#endif
