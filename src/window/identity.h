/*
 * identity: what tells keys and values apart, in a fixed size: a text of up to 24 bytes or a number as it is,
 * a longer text by a keyed digest of 128 bits.
 *
 * Plain values. Any thread.
 */
#ifndef LURE_WINDOW_IDENTITY_H
#define LURE_WINDOW_IDENTITY_H

#include "window/siphash.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define IDENTITY_SHORT 24

enum identity_kind { IDENTITY_INTEGER = IDENTITY_SHORT + 1, IDENTITY_FLOAT, IDENTITY_LONG };

struct identity {
    uint32_t kind;  /* the length of a short text, or an enum identity_kind */
    uint32_t owner; /* of a value: the slot of its key */
    union {
        uint64_t words[IDENTITY_SHORT / sizeof(uint64_t)];
        int64_t integer;
        double number;
    } is; /* what is not used is 0 */
};

static inline struct identity identity_of_text(const struct siphash_key *key, const char *text, size_t length)
{
    struct identity identity = {.kind = length <= IDENTITY_SHORT ? (uint32_t)length : IDENTITY_LONG,
                                .is.words = {0}};

    if (length <= IDENTITY_SHORT) {
        memcpy(identity.is.words, text, length);
    } else {
        const struct siphash_digest digest = siphash_long(key, text, length);

        memcpy(identity.is.words, digest.words, sizeof(digest.words));
    }
    return identity;
}

static inline struct identity identity_of_integer(int64_t integer)
{
    struct identity identity = {.kind = IDENTITY_INTEGER, .is.words = {0}}; /* all of the union */

    identity.is.integer = integer;
    return identity;
}

/* It is no integer, and no NaN. */
static inline struct identity identity_of_float(double number)
{
    struct identity identity = {.kind = IDENTITY_FLOAT, .is.words = {0}};

    identity.is.number = number;
    return identity;
}

/* How many words are used. */
static inline size_t identity_words(const struct identity *identity)
{
    if (identity->kind > IDENTITY_SHORT) {
        return identity->kind == IDENTITY_LONG ? 2 : 1;
    }
    return identity->kind > 16 ? 3 : identity->kind > 8 ? 2 : 1;
}

/* Of its hash: of its words, its kind and its owner. */
static inline uint32_t identity_tag(const struct siphash_key *key, const struct identity *identity)
{
    return (uint32_t)siphash_words(key, identity->is.words, identity_words(identity),
                                   (uint64_t)identity->owner << 8 | identity->kind);
}

static inline bool identity_same(const struct identity *a, const struct identity *b)
{
    return a->kind == b->kind && a->owner == b->owner && a->is.words[0] == b->is.words[0] &&
           a->is.words[1] == b->is.words[1] && a->is.words[2] == b->is.words[2];
}

#endif
