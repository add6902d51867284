/*
 * parsetext: parses decimal numbers, and prints floats.
 *
 * Texts need not end with NUL. Nothing is allocated. Thread safe, and independent of the locale.
 */
#ifndef LURE_EVENT_PARSETEXT_H
#define LURE_EVENT_PARSETEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decimal digits, up to 2^64-1; no sign, and no leading zero but in "0". */
bool digits_parse(const char *text, size_t length, uint64_t *number);

/* The same, leading zeros too. */
bool natural_parse(const char *text, size_t length, uint64_t *number);

/* Parses a number in the syntax of JSON (leading zeros too), times ten to the power of `scale`, up to 2^64-1,
 * exactly. `exact`: it must be an integer; otherwise its fraction is dropped. */
bool decimal_parse(const char *text, size_t length, int scale, bool exact, uint64_t *number);

/* Room for a float as text. */
#define FLOAT_TEXT 32

/* Prints the shortest text that reads back as the same float, which must be finite, in the syntax of JSON.
 * Returns the length. */
size_t float_text(double number, char text[FLOAT_TEXT]);

#endif
