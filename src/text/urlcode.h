/*
 * urlcode: percent-decoding. A `%` without two hexadecimal digits stays as it is. Thread safe.
 */
#ifndef LURE_TEXT_URLCODE_H
#define LURE_TEXT_URLCODE_H

#include <stdbool.h>
#include <stddef.h>

/* Writes at most `length` bytes to `to`; `plus`: a `+` is a space, as in a query. Returns what was written.
 */
size_t urlcode_decode(char *to, const char *from, size_t length, bool plus);

#endif
