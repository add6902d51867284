#include "plugin/circuitbreaker.h"

#include "base/clock.h"
#include "script/vm.h"

#include <stdio.h>

#define FIRST_TIMES 10.0   /* lure.time */
#define LONGEST     3600.0 /* seconds */

bool breaker_lasts(const struct breaker *breaker)
{
    return breaker->until > clock_now(CLOCK_MONOTONIC);
}

/* How long the next suspension takes, in seconds. */
static double duration(const struct breaker *breaker, const struct limits *limits)
{
    double seconds = FIRST_TIMES * limits->time;

    for (unsigned i = 0; i < breaker->trips && seconds < LONGEST; i++) {
        seconds *= 2;
    }
    return seconds < LONGEST ? seconds : LONGEST;
}

/* Counts a call that ran into the limit. */
static void count(struct breaker *breaker, const struct vm *vm, const char *name)
{
    const struct limits *limits = vm->limits;
    double seconds = duration(breaker, limits);
    char text[512];

    breaker->timeouts++;
    if (limits->max_errors == 0 || breaker->timeouts < limits->max_errors) {
        return;
    }
    breaker->trips++;
    breaker->until = clock_now(CLOCK_MONOTONIC) + (int64_t)(seconds * (double)CLOCK_SECOND);
    snprintf(text, sizeof(text),
             "%s: %.150s: suspended for %g s: the last %u calls were stopped (limits: init_config.lure.time, "
             "init_config.lure.max_errors)",
             vm->source->name, name, seconds, breaker->timeouts);
    log_both(vm->log, LOG_LEVEL_ERROR, text);
}

bool breaker_note(struct breaker *breaker, const struct vm *vm, const char *name, bool done)
{
    if (!done && vm->timed_out) {
        count(breaker, vm, name);
    } else if (breaker->timeouts > 0) {
        *breaker = (struct breaker){.until = 0};
    }
    return done;
}
