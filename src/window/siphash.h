/*
 * siphash: SipHash (Aumasson and Bernstein, 2012), a keyed hash function for texts that others choose.
 *
 * Who does not know the key cannot make texts that collide, so a hash table keeps its speed, and a digest of
 * 128 bits stands for a text.
 *
 * Nothing is kept. Any thread.
 */
#ifndef LURE_WINDOW_SIPHASH_H
#define LURE_WINDOW_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

/* Random; two words, each as eight bytes in little-endian order. */
struct siphash_key {
    uint64_t words[2];
};

struct siphash_digest {
    uint64_t words[2];
};

/* SipHash-1-3, for hash tables. */
uint64_t siphash_short(const struct siphash_key *key, const void *bytes, size_t length);

/* SipHash-2-4 with 128 bits. */
struct siphash_digest siphash_long(const struct siphash_key *key, const void *bytes, size_t length);

#endif
