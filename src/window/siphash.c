#include "window/siphash.h"

#include <stdbool.h>
#include <string.h>

/* All machines that lure is built for are little-endian. Inlined, so that each variant is a loop of its own.
 */
static inline __attribute__((always_inline)) struct siphash_state
digest(const struct siphash_key *key, const void *bytes, size_t length, int rounds, bool is_long)
{
    struct siphash_state s = siphash_begin(key);
    const char *at = bytes;
    uint64_t word;

    s.v1 ^= is_long ? 0xEE : 0;
    for (; length - (size_t)(at - (const char *)bytes) >= sizeof(word); at += sizeof(word)) {
        memcpy(&word, at, sizeof(word));
        siphash_take(&s, word, rounds);
    }
    word = (uint64_t)length << 56;
    for (size_t i = 0; i < length % sizeof(word); i++) {
        word |= (uint64_t)(unsigned char)at[i] << 8 * i;
    }
    siphash_take(&s, word, rounds);
    s.v2 ^= is_long ? 0xEE : 0xFF;
    return s;
}

uint64_t siphash_short(const struct siphash_key *key, const void *bytes, size_t length)
{
    struct siphash_state s = digest(key, bytes, length, 1, false);

    siphash_mix(&s, 3);
    return siphash_fold(&s);
}

struct siphash_digest siphash_long(const struct siphash_key *key, const void *bytes, size_t length)
{
    struct siphash_state s = digest(key, bytes, length, 2, true);
    struct siphash_digest result;

    siphash_mix(&s, 4);
    result.words[0] = siphash_fold(&s);
    s.v1 ^= 0xDD;
    siphash_mix(&s, 4);
    result.words[1] = siphash_fold(&s);
    return result;
}
