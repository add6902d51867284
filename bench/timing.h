/*
 * timing: clocks, and what many measurements come to.
 */
#ifndef LURE_BENCH_TIMING_H
#define LURE_BENCH_TIMING_H

#include <stddef.h>
#include <stdlib.h>
#include <time.h>

/* Nanoseconds of a clock: CLOCK_MONOTONIC, CLOCK_THREAD_CPUTIME_ID, … */
static inline double timing_now(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static inline int timing_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The value that so large a share (0 to 1) of them is at most as large as; sorts them. */
static inline double timing_quantile(double *values, size_t count, double share)
{
    size_t place = (size_t)(share * (double)count);

    qsort(values, count, sizeof(*values), timing_compare);
    return values[place < count ? place : count - 1];
}

#endif
