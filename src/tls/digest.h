/*
 * digest: message digests, and authentication codes made of them (HMAC, RFC 2104).
 *
 * A call takes its whole text at once, so nothing is left behind by who throws in between.
 *
 * Threads: any.
 */
#ifndef LURE_TLS_DIGEST_H
#define LURE_TLS_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

/* Of the longest digest. */
#define DIGEST_SIZE 64

struct digest {
    const char *name;
    int algorithm; /* of Mbed TLS */
    size_t size;   /* bytes of a digest */
    size_t time;   /* about what a byte of text takes, in ns */
};

/* All that there are; the last one has no name. */
extern const struct digest digests[];

/* Writes `digest->size` bytes. */
bool digest_of(const struct digest *digest, const char *text, size_t length, unsigned char *to);

/* The same for an authentication code. False: out of memory. */
bool digest_hmac(const struct digest *digest, const char *key, size_t key_length, const char *text,
                 size_t length, unsigned char *to);

#endif
