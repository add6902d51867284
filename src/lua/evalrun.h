/*
 * evalrun: the evaluator of direct evaluation (lua/eval.h): a function for each kind of operation.
 *
 * Each operation has the address of its function, which ends with a jump to that of the next: no loop, and no
 * switch that all of them have to pass. Only a loop's DO_NEXT jumps back, a limited number of times, through
 * run_function.
 *
 * For eval.c only.
 */
#ifndef LURE_LUA_EVALRUN_H
#define LURE_LUA_EVALRUN_H

#include "lua/evalvalues.h"

/* Completes a decoded function, once. */
void run_prepare(struct eval_function *function);

/* Not a result, but: go on at run->next. */
extern const TValue run_again;

/* Evaluates the function. What it returns, valid for as long as the run; NULL: it must be called. */
static inline const TValue *run_function(struct run *run, struct eval_function *function)
{
    const TValue *result = function->operations[0].carry_out(run, &function->operations[0]);

    while (result == &run_again) {
        result = run->next->carry_out(run, run->next);
    }
    return result;
}

#endif
