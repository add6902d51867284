/*
 * reaper: ends child processes that nobody waits for any more.
 *
 * Each has got SIGTERM, with all of its process group. A helper thread waits until it has ended; the group
 * gets SIGKILL 1 s after SIGTERM, or 0.1 s after the process has ended, whichever is sooner. The process is a
 * zombie until then: so its number, which is the group's, is nobody else's.
 *
 * Thread safe. In a forked child the list is empty: they are no children of its.
 */
#ifndef LURE_PROCESS_REAPER_H
#define LURE_PROCESS_REAPER_H

#include <sys/types.h>

/* Sends SIGTERM, and takes over. The process is a child that leads a group of its own, and was not waited
 * for. */
void reaper_take(pid_t pid);

/* Waits until all that were taken are gone, at most 2 s. */
void reaper_finish(void);

#endif
