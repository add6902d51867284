#include "base/interruptioncounter.h"

static atomic_int counter;

const atomic_int *interruption_counter(void)
{
    return &counter;
}

void interruption_begin(void)
{
    atomic_fetch_or(&counter, 1);
}

void interruption_end(void)
{
    int seen = atomic_load(&counter);

    if (seen % 2 != 0) {
        atomic_store(&counter, seen + 1);
    }
}
