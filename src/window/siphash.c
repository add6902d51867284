#include "window/siphash.h"

#include <stdbool.h>
#include <string.h>

struct state {
    uint64_t v0, v1, v2, v3;
};

static inline uint64_t rotate(uint64_t word, int bits)
{
    return word << bits | word >> (64 - bits);
}

static inline void mix(struct state *s, int rounds)
{
    for (int i = 0; i < rounds; i++) {
        s->v0 += s->v1;
        s->v2 += s->v3;
        s->v1 = rotate(s->v1, 13) ^ s->v0;
        s->v3 = rotate(s->v3, 16) ^ s->v2;
        s->v0 = rotate(s->v0, 32) + s->v3;
        s->v2 += s->v1;
        s->v1 = rotate(s->v1, 17) ^ s->v2;
        s->v3 = rotate(s->v3, 21) ^ s->v0;
        s->v2 = rotate(s->v2, 32);
    }
}

static inline void take(struct state *s, uint64_t word, int rounds)
{
    s->v3 ^= word;
    mix(s, rounds);
    s->v0 ^= word;
}

static inline uint64_t fold(const struct state *s)
{
    return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

/* All machines that lure is built for are little-endian. Inlined, so that each variant is a loop of its own.
 */
static inline __attribute__((always_inline)) struct state
digest(const struct siphash_key *key, const void *bytes, size_t length, int rounds, bool is_long)
{
    struct state s = {
        key->words[0] ^ UINT64_C(0x736f6d6570736575), key->words[1] ^ UINT64_C(0x646f72616e646f6d),
        key->words[0] ^ UINT64_C(0x6c7967656e657261), key->words[1] ^ UINT64_C(0x7465646279746573)};
    const char *at = bytes;
    uint64_t word;

    s.v1 ^= is_long ? 0xEE : 0;
    for (; length - (size_t)(at - (const char *)bytes) >= sizeof(word); at += sizeof(word)) {
        memcpy(&word, at, sizeof(word));
        take(&s, word, rounds);
    }
    word = (uint64_t)length << 56;
    for (size_t i = 0; i < length % sizeof(word); i++) {
        word |= (uint64_t)(unsigned char)at[i] << 8 * i;
    }
    take(&s, word, rounds);
    s.v2 ^= is_long ? 0xEE : 0xFF;
    return s;
}

uint64_t siphash_short(const struct siphash_key *key, const void *bytes, size_t length)
{
    struct state s = digest(key, bytes, length, 1, false);

    mix(&s, 3);
    return fold(&s);
}

struct siphash_digest siphash_long(const struct siphash_key *key, const void *bytes, size_t length)
{
    struct state s = digest(key, bytes, length, 2, true);
    struct siphash_digest result;

    mix(&s, 4);
    result.words[0] = fold(&s);
    s.v1 ^= 0xDD;
    mix(&s, 4);
    result.words[1] = fold(&s);
    return result;
}
