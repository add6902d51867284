/*
 * interruption: ends what a script runs when the program lure gets a signal.
 *
 * lure_interrupt is an exported function of the library, which hosts do not know: without it nothing is ever
 * interrupted. It names a counter that lives as long as the process: odd while the program waits for its
 * calls to end, from a signal until it has heard of it; even from then on, when it closes what is open. Calls
 * that began before the counter changed, and those that begin while it is odd, are stopped by an error that
 * cannot be caught (timelimit.h).
 *
 * Thread safe; the counter may be changed in a signal handler.
 */
#ifndef LURE_SCRIPT_INTERRUPTION_H
#define LURE_SCRIPT_INTERRUPTION_H

#include <stdatomic.h>

typedef void lure_interrupt_fn(const atomic_int *counter);

__attribute__((visibility("default"))) lure_interrupt_fn lure_interrupt;

/* The counter's value; 0 without one. */
int interruption_count(void);

#endif
