/*
 * measure: measures one case: lure, its floor and stock Lua, alternately.
 */
#ifndef LURE_BENCH_MEASURE_H
#define LURE_BENCH_MEASURE_H

#include "sides.h"

/* In nanoseconds, the medians of all runs. */
struct result {
    double ours, floor, lua; /* in stock Lua; 0: not measured */
};

/* What an event, a text or an answer costs. */
struct result measure_case(const struct plan *plan, const struct bench_case *bench);

/* What loading costs, from dlopen to dlclose. */
struct result measure_load(const struct plan *plan);

/* Bytes of memory that a process has more after so many events of source_and_3_fields than before loading. */
struct result measure_memory(const struct plan *plan, uint64_t events);

#endif
