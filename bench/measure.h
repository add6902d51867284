/*
 * measure: one case, ours and the floor by turns.
 */
#ifndef LURE_BENCH_MEASURE_H
#define LURE_BENCH_MEASURE_H

#include "cases.h"

/* Where things are, and how long it may take. */
struct plan {
    const char *lure;    /* the path of liblure.so */
    const char *scripts; /* the folder of the scripts */
    const char *folder;  /* of the floor's libraries and of the files with events */
    unsigned runs;
    double seconds; /* of one run of one side */
};

/* In nanoseconds, the medians of all runs. */
struct result {
    double ours, floor;
};

/* Ends the program with a text where the two sides do not give the same. */
void measure_check(const struct plan *plan, const struct bench_case *bench);

/* What an event, a text or an answer costs. */
struct result measure_case(const struct plan *plan, const struct bench_case *bench);

/* What loading costs, from dlopen to dlclose. */
struct result measure_load(const struct plan *plan);

/* Bytes of memory that a process has more after so many events of source_and_3_fields than before loading. */
struct result measure_memory(const struct plan *plan, uint64_t events);

#endif
