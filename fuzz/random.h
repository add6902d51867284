/*
 * random: a pseudo-random generator for fuzz targets; the same seed gives the same sequence.
 */
#ifndef LURE_FUZZ_RANDOM_H
#define LURE_FUZZ_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

static uint64_t random_state = 1; /* the seed; not 0 */

/* A number below `below`: xorshift. */
static inline unsigned random_below(unsigned below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)((random_state >> 16) % below);
}

static inline bool once_in(unsigned times)
{
    return random_below(times) == 0;
}

#define PICK(list) list[random_below(sizeof(list) / sizeof(list[0]))]

#endif
