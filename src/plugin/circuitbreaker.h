/*
 * circuitbreaker: suspends a function of the script that always exceeds its time limit.
 *
 * A field's function that always runs into init_config.lure.time would stop the host for that time at
 * every event. After limits.max_errors of these in a row (0: never) it is suspended, and not
 * called, for ten times that time; then it is tried once, and suspended for twice as long
 * each time it runs into the limit again, at most for an hour. One call that ends in time
 * resets the breaker. Each suspension is logged, and the metrics count those that last.
 *
 * Owner: whoever has the function. Callers hold the plugin state's lock.
 */
#ifndef LURE_PLUGIN_CIRCUITBREAKER_H
#define LURE_PLUGIN_CIRCUITBREAKER_H

#include <stdbool.h>
#include <stdint.h>

struct vm;

/* All zero: never suspended. */
struct breaker {
    unsigned timeouts; /* calls in a row that ran into the limit */
    unsigned trips;    /* suspensions in a row */
    int64_t until;     /* on CLOCK_MONOTONIC, ns; 0: not suspended */
};

/* True if the suspension is not over yet. */
bool breaker_lasts(const struct breaker *breaker);

/* The function is not to be called now. */
static inline bool breaker_is_open(const struct breaker *breaker)
{
    return __builtin_expect(breaker->until != 0, 0) && breaker_lasts(breaker);
}

/* To be called after every call of the function; `name` is what logs call it, `done` false where it failed.
 * Returns `done`. */
bool breaker_note(struct breaker *breaker, const struct vm *vm, const char *name, bool done);

#endif
