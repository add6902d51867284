/*
 * scriptclock: the clock that a script's waits are measured by: CLOCK_MONOTONIC, unless a spec of `lure test`
 * has stopped it (plugin/testclock.h), which no host and no script can.
 *
 * One that stands is moved on by the spec alone. NULL, and all zero, is one that runs.
 *
 * Owner: the plugin state. It may be read by any thread; who changes it holds the state's lock.
 */
#ifndef LURE_BASE_SCRIPTCLOCK_H
#define LURE_BASE_SCRIPTCLOCK_H

#include "base/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct script_clock {
    _Atomic int64_t stands; /* what it shows, in ns; 0: it runs */
    _Atomic int64_t ahead;  /* of CLOCK_MONOTONIC, while it runs */
    _Atomic int64_t wall;   /* CLOCK_REALTIME's lead over CLOCK_MONOTONIC when it was stopped */
};

static inline int64_t scriptclock_stands(const struct script_clock *clock)
{
    return clock != NULL ? atomic_load_explicit(&clock->stands, memory_order_relaxed) : 0;
}

static inline int64_t scriptclock_ahead(const struct script_clock *clock)
{
    return clock != NULL ? atomic_load_explicit(&clock->ahead, memory_order_relaxed) : 0;
}

/* In ns. Deadlines are times of this clock. */
static inline int64_t scriptclock_now(const struct script_clock *clock)
{
    int64_t stands = scriptclock_stands(clock);

    return stands != 0 ? stands : clock_now(CLOCK_MONOTONIC) + scriptclock_ahead(clock);
}

/* The same, up to 4 ms late and cheaper (CLOCK_MONOTONIC_COARSE). */
static inline int64_t scriptclock_about_now(const struct script_clock *clock)
{
    int64_t stands = scriptclock_stands(clock);

    return stands != 0 ? stands : clock_now(CLOCK_MONOTONIC_COARSE) + scriptclock_ahead(clock);
}

/* The time of day that belongs to it, in ns since 1970. */
static inline int64_t scriptclock_wall(const struct script_clock *clock)
{
    int64_t stands = scriptclock_stands(clock);

    return stands != 0 ? stands + atomic_load(&clock->wall)
                       : clock_now(CLOCK_REALTIME) + scriptclock_ahead(clock);
}

/* Stops one that runs. */
static inline void scriptclock_stop(struct script_clock *clock)
{
    if (scriptclock_stands(clock) == 0) {
        atomic_store(&clock->wall, clock_now(CLOCK_REALTIME) - clock_now(CLOCK_MONOTONIC));
        atomic_store(&clock->stands, scriptclock_now(clock));
    }
}

/* Lets one that stands run on. */
static inline void scriptclock_run(struct script_clock *clock)
{
    if (scriptclock_stands(clock) != 0) {
        atomic_store(&clock->ahead, scriptclock_stands(clock) - clock_now(CLOCK_MONOTONIC));
        atomic_store(&clock->stands, 0);
    }
}

/* Moves one that stands. */
static inline void scriptclock_move(struct script_clock *clock, int64_t by)
{
    atomic_fetch_add(&clock->stands, by);
}

#endif
