/*
 * steps: how PCRE2 counts what a match does, in its pcre2_match.c (cmake/patch-pcre2.cmake).
 *
 * A unit is about a nanosecond. After REGEX_WINDOW of them `go_on` is asked whether the match may take as
 * many more; where it says no the match ends with an error of PCRE2's, nothing is thrown.
 *
 * Owner: who calls regex_match. Not thread safe.
 */
#ifndef LURE_REGEX_STEPS_H
#define LURE_REGEX_STEPS_H

#include <stdbool.h>
#include <stddef.h>

/* Units between two questions. */
#define REGEX_WINDOW 65536

/* Of an opcode of a compiled pattern. */
#define REGEX_UNITS_OF_OPCODE 4

struct regex_steps {
    ptrdiff_t left; /* units until go_on is asked */
    bool stopped;   /* it said no */
    bool (*go_on)(void *owner);
    void *owner;
};

/* Asks go_on. True: the window begins anew. */
static __attribute__((noinline, cold, unused)) bool regex_steps_go_on(struct regex_steps *steps)
{
    if (!steps->stopped && steps->go_on(steps->owner)) {
        steps->left = REGEX_WINDOW;
        return true;
    }
    steps->stopped = true;
    steps->left = 0;
    return false;
}

/* Counts units, and returns `error` from the function that it stands in where there are to be no more. */
#define REGEX_STEP(steps, units, error)                                                                      \
    do {                                                                                                     \
        struct regex_steps *const steps_ = (steps);                                                          \
        if (__builtin_expect((steps_->left -= (ptrdiff_t)(units)) < 0, 0) && !regex_steps_go_on(steps_)) {   \
            return (error);                                                                                  \
        }                                                                                                    \
    } while (0)

/* The same where nothing can be returned: the next step asks. */
#define REGEX_COUNT(steps, units) ((void)((steps)->left -= (ptrdiff_t)(units)))

#endif
