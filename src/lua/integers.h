/*
 * integers: integers as text, for Lua's tostring and `..` too, which would take snprintf; and back.
 */
#ifndef LURE_LUA_INTEGERS_H
#define LURE_LUA_INTEGERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for the longest integer: its sign and 19 digits. */
#define INTEGER_TEXT 20

/* The integer in decimal, without a NUL, somewhere in `buffer`. Five times as fast as snprintf. */
const char *integer_text(int64_t integer, char buffer[INTEGER_TEXT], size_t *length);

/* The same at the begin of `to`, with a NUL behind it. Answers the length. */
int integer_write(int64_t integer, char *to);

/* So many digits are a number of 64 bits, whatever they are. */
#define INTEGER_SAFE_DIGITS 19

/* The number that digits stand for, `length` of them, up to INTEGER_SAFE_DIGITS. False: one is no digit, or
 * there is none. Eight are read at once. */
bool integer_read(const char *digits, size_t length, uint64_t *number);

#endif
