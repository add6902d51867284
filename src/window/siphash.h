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

struct siphash_state {
    uint64_t v0, v1, v2, v3;
};

static inline uint64_t siphash_rotate(uint64_t word, int bits)
{
    return word << bits | word >> (64 - bits);
}

static inline void siphash_mix(struct siphash_state *s, int rounds)
{
    for (int i = 0; i < rounds; i++) {
        s->v0 += s->v1;
        s->v2 += s->v3;
        s->v1 = siphash_rotate(s->v1, 13) ^ s->v0;
        s->v3 = siphash_rotate(s->v3, 16) ^ s->v2;
        s->v0 = siphash_rotate(s->v0, 32) + s->v3;
        s->v2 += s->v1;
        s->v1 = siphash_rotate(s->v1, 17) ^ s->v2;
        s->v3 = siphash_rotate(s->v3, 21) ^ s->v0;
        s->v2 = siphash_rotate(s->v2, 32);
    }
}

static inline struct siphash_state siphash_begin(const struct siphash_key *key)
{
    return (struct siphash_state){
        key->words[0] ^ UINT64_C(0x736f6d6570736575), key->words[1] ^ UINT64_C(0x646f72616e646f6d),
        key->words[0] ^ UINT64_C(0x6c7967656e657261), key->words[1] ^ UINT64_C(0x7465646279746573)};
}

static inline void siphash_take(struct siphash_state *s, uint64_t word, int rounds)
{
    s->v3 ^= word;
    siphash_mix(s, rounds);
    s->v0 ^= word;
}

static inline uint64_t siphash_fold(const struct siphash_state *s)
{
    return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

/* SipHash-1-3, for hash tables. */
uint64_t siphash_short(const struct siphash_key *key, const void *bytes, size_t length);

/*
 * The same of the bytes of so many words and of the last seven bytes of a word more: what is looked for in
 * every update has a size that the compiler knows.
 */
static inline uint64_t siphash_words(const struct siphash_key *key, const uint64_t *words, size_t count,
                                     uint64_t last)
{
    struct siphash_state s = siphash_begin(key);

    for (size_t i = 0; i < count; i++) {
        siphash_take(&s, words[i], 1);
    }
    siphash_take(&s, (uint64_t)(count * sizeof(*words) + 7) << 56 | last, 1);
    s.v2 ^= 0xFF;
    siphash_mix(&s, 3);
    return siphash_fold(&s);
}

/* SipHash-2-4 with 128 bits. */
struct siphash_digest siphash_long(const struct siphash_key *key, const void *bytes, size_t length);

#endif
