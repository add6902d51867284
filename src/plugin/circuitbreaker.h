/*
 * circuitbreaker: a circuit breaker for what hosts ask again and again.
 *
 * A function that always runs into init_config.lure.time would stop the host for that time at
 * every event. After limits.max_errors of these in a row (0: never) it is suspended, and not
 * called, for ten times that time; then it is tried once, and suspended for twice as long
 * each time it runs into the limit again, at most for an hour. One call that ends in time
 * forgets all of it. Each suspension is logged, and the metrics count those that last.
 *
 * Owner: whoever has the function. For those who have their turn in the plugin state.
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

/* Its time is not over yet. */
bool breaker_lasts(const struct breaker *breaker);

/* The function is not to be called now. */
static inline bool breaker_is_open(const struct breaker *breaker)
{
    return __builtin_expect(breaker->until != 0, 0) && breaker_lasts(breaker);
}

/* Behind every call of the function; `name` is what logs call it, `done` false where it failed, and the
 * answer. */
bool breaker_note(struct breaker *breaker, const struct vm *vm, const char *name, bool done);

#endif
