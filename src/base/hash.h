/*
 * hash: the 64-bit FNV-1a hash function.
 *
 * For checksums and hash tables; it does not resist deliberate collisions. The values are the same on every
 * machine and in every version, since `lure pack` stores them in files (lua/lure/cli/bundle.lua).
 */
#ifndef LURE_BASE_HASH_H
#define LURE_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* The hash of no bytes. */
#define HASH_BASIS UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x00000100000001b3)

/* Continues a hash: `hash` is that of the bytes before. */
static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ at[i]) * HASH_PRIME;
    }
    return hash;
}

#endif
