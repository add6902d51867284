/*
 * check: checks that a case's script, its floor in C, and its functions in stock Lua give the same results.
 */
#ifndef LURE_BENCH_CHECK_H
#define LURE_BENCH_CHECK_H

#include "sides.h"

/* Ends the program with a text where payloads, texts or values of fields differ, or a field has no value. */
void check_case(const struct plan *plan, const struct bench_case *bench);

#endif
