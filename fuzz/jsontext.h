/*
 * jsontext: a JSON text of a fuzz input.
 *
 * An input that begins with a byte below 0x80 is the text itself, so seeds can be read. Any other decides
 * about a document that is made here, of keys, texts and numbers that are hard to read, and about up to four
 * changes of it.
 */
#ifndef LURE_FUZZ_JSONTEXT_H
#define LURE_FUZZ_JSONTEXT_H

#include <stddef.h>
#include <stdint.h>

#define JSONTEXT_BYTES 8192u /* most of a document that is made */

/* The text and, in *size, how long it is; valid until the next call. */
const uint8_t *jsontext_of(const uint8_t *data, size_t *size);

#endif
