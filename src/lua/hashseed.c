#include "lua/hashseed.h"

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* Bytes that the kernel makes at random for each process; those of a process without are all 0. */
static uint64_t process_seed(void)
{
    const void *random = (const void *)getauxval(AT_RANDOM);
    uint64_t seed = 0;

    if (random != NULL) {
        memcpy(&seed, random, sizeof(seed));
    }
    return seed;
}

/* One step of SplitMix64, which makes uncorrelated numbers of consecutive ones. */
unsigned int seed_next(void)
{
    static atomic_ullong states;
    uint64_t number = ((uint64_t)getpid() << 32) + atomic_fetch_add(&states, 1) + 1;
    uint64_t mixed = process_seed() + number * 0x9E3779B97F4A7C15;

    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return (unsigned int)(mixed ^ (mixed >> 31));
}
