/*
 * textcodes: bytes written as letters and digits: hex and base64 (RFC 4648), and base64 for addresses.
 *
 * Decoding is strict: there is one text for each sequence of bytes (but for the case of hex digits, and the
 * padding of base64url, which may be missing), so two texts that look different never pass for one another.
 *
 * Threads: any.
 */
#ifndef LURE_MODULES_TEXTCODES_H
#define LURE_MODULES_TEXTCODES_H

#include <stdbool.h>
#include <stddef.h>

/* About what a byte takes, in ns. */
#define TEXTCODE_TIME 8

struct textcode {
    const char *name, *inverse; /* of the functions that encode and decode */
    const char *alphabet;
    unsigned bits; /* of a letter: 4 or 6 */
    bool padded;
};

/* All that there are; the last one has no name. */
extern const struct textcode textcodes[];

/* The most that `length` bytes are encoded as. */
size_t textcode_room(const struct textcode *code, size_t length);

/* Returns how much was written. */
size_t textcode_encode(const struct textcode *code, const char *bytes, size_t length, char *to);

/* `to` has room for `length` bytes. NULL, or what is wrong with the text. */
const char *textcode_decode(const struct textcode *code, const char *text, size_t length, char *to,
                            size_t *written);

#endif
