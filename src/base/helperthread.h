/*
 * helperthread: threads for what a host's thread must not wait for: a name that is looked up, a child process
 * that has to end, the script's background tasks.
 *
 * All signals are blocked in them. While one runs it holds a reference to this library, so that its code is
 * not unloaded; joining it releases that. In a forked child there are none: joining one of the parent's does
 * not wait.
 *
 * Owner: who has started it, until helperthread_join or helperthread_leave; who starts threads bounds their
 * number. Thread safe.
 */
#ifndef LURE_BASE_HELPERTHREAD_H
#define LURE_BASE_HELPERTHREAD_H

#include <stddef.h>

struct helperthread;

/* Bytes of stack for what calls no Lua. */
#define HELPERTHREAD_STACK ((size_t)1024 * 1024) /* modules of the C library's name service need some */

/* Runs run(argument) in a new thread with so much stack; 0: as all threads have. NULL: errno says why there
 * is none. */
struct helperthread *helperthread_start(void (*run)(void *argument), void *argument, size_t stack);

/* Waits until it has ended. */
void helperthread_join(struct helperthread *thread);

/* Nobody waits for it: it is joined by a helperthread_collect after its end. */
void helperthread_leave(struct helperthread *thread);

/* Joins those that were left and have ended, without waiting. */
void helperthread_collect(void);

#endif
