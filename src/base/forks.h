/*
 * forks: tells a process that was forked from the one that made an object.
 *
 * Threads do not live on in a forked child, and a mutex that one of them held stays locked there. Who owns a
 * thread or a mutex keeps forks_seen() with it, and makes them anew where that has changed.
 *
 * Thread safe.
 */
#ifndef LURE_BASE_FORKS_H
#define LURE_BASE_FORKS_H

extern unsigned forks_count;

/* How many forks lie between this process and the one that loaded the library. */
static inline unsigned forks_seen(void)
{
    return forks_count;
}

#endif
