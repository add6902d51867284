/*
 * integers: integers as text, for Lua's tostring and `..` too, which would take snprintf.
 */
#ifndef LURE_LUA_INTEGERS_H
#define LURE_LUA_INTEGERS_H

#include <stddef.h>
#include <stdint.h>

/* Room for the longest integer: its sign and 19 digits. */
#define INTEGER_TEXT 20

/* The integer in decimal, without a NUL, somewhere in `buffer`. Five times as fast as snprintf. */
const char *integer_text(int64_t integer, char buffer[INTEGER_TEXT], size_t *length);

/* The same at the begin of `to`, with a NUL behind it. Answers the length. */
int integer_write(int64_t integer, char *to);

#endif
