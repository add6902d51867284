/*
 * interruptioncounter: how the program lure ends what a script runs in its library.
 *
 * A signal handler begins an interruption: calls into a library that knows the counter
 * (script/interruption.h) are stopped with an error, those that run and those that begin from then on. When
 * the program has noticed the signal it ends the interruption, and can call `close` and `destroy` of the
 * script. The counter is odd in between. There is one in a process; thread safe, also in a signal handler.
 */
#ifndef LURE_BASE_INTERRUPTIONCOUNTER_H
#define LURE_BASE_INTERRUPTIONCOUNTER_H

#include <stdatomic.h>

const atomic_int *interruption_counter(void);

void interruption_begin(void);
void interruption_end(void);

#endif
