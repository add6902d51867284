#include "script/interruption.h"

#include <stddef.h>

static const atomic_int *_Atomic signals;

void lure_interrupt(const atomic_int *counter)
{
    atomic_store(&signals, counter);
}

int interruption_count(void)
{
    const atomic_int *counter = atomic_load(&signals);

    return counter != NULL ? atomic_load(counter) : 0;
}
