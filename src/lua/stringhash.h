/*
 * stringhash: Lua's hash of a string's bytes, 16 at a time.
 *
 * Each short string that a script makes is hashed. Lua's own hash waits for one byte after the other, four
 * cycles each; this one multiplies two words of eight bytes, and folds the product of 128 bits. Both words
 * are first changed by the state's seed (lua/hashseed.h): who does not know it can choose neither a factor
 * that is 0 nor strings that collide, as those of Lua's hash do with any seed.
 *
 * In Lua's lstring.c only (cmake/patch-lua.cmake). Any thread may call it.
 */
#ifndef LURE_LUA_STRINGHASH_H
#define LURE_LUA_STRINGHASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define STRINGHASH_BLOCK 16u /* two words */

static inline uint64_t stringhash_fold(uint64_t first, uint64_t second)
{
    unsigned __int128 product = (unsigned __int128)first * second;

    return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

static inline uint64_t stringhash_word(const char *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof(word));
    return word;
}

static inline uint32_t stringhash_half(const char *bytes)
{
    uint32_t half;

    memcpy(&half, bytes, sizeof(half));
    return half;
}

/* The hash of `length` bytes. Nothing beyond them is read: the words of what is no multiple of 16 overlap. */
static inline unsigned int stringhash(const char *bytes, size_t length, unsigned int seed)
{
    uint64_t key = seed * UINT64_C(0x9E3779B97F4A7C15) + UINT64_C(0xD1B54A32D192ED03);
    uint64_t hash = (seed * UINT64_C(0xA0761D6478BD642F) + UINT64_C(0xE7037ED1A0B428DB)) ^ length;
    uint64_t first = 0, last = 0;

    for (; length > STRINGHASH_BLOCK; length -= STRINGHASH_BLOCK, bytes += STRINGHASH_BLOCK) {
        hash = stringhash_fold(stringhash_word(bytes) ^ key, stringhash_word(bytes + 8) ^ hash);
    }
    if (length >= 8) {
        first = stringhash_word(bytes);
        last = stringhash_word(bytes + length - 8);
    } else if (length >= 4) {
        first = stringhash_half(bytes);
        last = stringhash_half(bytes + length - 4);
    } else if (length > 0) {
        first = (uint64_t)(unsigned char)bytes[0] << 16 | (uint64_t)(unsigned char)bytes[length / 2] << 8 |
                (unsigned char)bytes[length - 1];
    }
    return (unsigned int)stringhash_fold(first ^ key, last ^ hash);
}

#endif
