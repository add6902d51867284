/*
 * clock: reads POSIX clocks as nanoseconds, and converts nanoseconds to struct timespec.
 *
 * Thread safe and async-signal-safe.
 */
#ifndef LURE_BASE_CLOCK_H
#define LURE_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_SECOND      INT64_C(1000000000)
#define CLOCK_MILLISECOND INT64_C(1000000)

/* The time of the clock (CLOCK_MONOTONIC, …). COARSE clocks are up to a tick of the kernel (4 ms) late, and
 * take a quarter of the time to read. */
static inline int64_t clock_now(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return time.tv_sec * CLOCK_SECOND + time.tv_nsec;
}

/* A time, or a duration, of at least 0. */
static inline struct timespec clock_timespec(int64_t nanoseconds)
{
    return (struct timespec){.tv_sec = nanoseconds / CLOCK_SECOND, .tv_nsec = nanoseconds % CLOCK_SECOND};
}

#endif
