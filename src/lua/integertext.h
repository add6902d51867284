/*
 * integertext: converts integers to decimal text and back, without snprintf and strtoull.
 *
 * Lua's tostring and `..` use it, too (lua/tostring.h). Any thread may call it.
 */
#ifndef LURE_LUA_INTEGERTEXT_H
#define LURE_LUA_INTEGERTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Room for the longest integer: its sign and 19 digits. */
#define INTEGER_TEXT 20

/* The integer in decimal, without a NUL, somewhere in `buffer`. Five times as fast as snprintf. */
const char *integer_text(int64_t integer, char buffer[INTEGER_TEXT], size_t *length);

/* The same at the begin of `to`, with a NUL behind it. Returns the length. */
int integer_write(int64_t integer, char *to);

/* Any number of so many digits fits in 64 bits. */
#define INTEGER_SAFE_DIGITS 19

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte of a text is the lowest");

#define INTEGER_EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))
#define INTEGER_WORD             8u /* digits that are read at once */

/* The number of the digits in a word, the last one highest, each less '0'. False: one is none. */
static inline bool integer_of_word(uint64_t digits, uint64_t *number)
{
    if (((digits | (digits + INTEGER_EACH_BYTE(0x7F - 9))) & INTEGER_EACH_BYTE(0x80)) != 0) {
        return false;
    }
    digits = digits * ((10u << 8) + 1) >> 8; /* numbers of two digits, in every other byte */
    digits = (digits & UINT64_C(0x00FF00FF00FF00FF)) * ((100u << 16) + 1) >> 16; /* of four */
    *number = (digits & UINT64_C(0x0000FFFF0000FFFF)) * ((UINT64_C(10000) << 32) + 1) >> 32;
    return true;
}

/* The same as integer_read, of other than four to eight. */
bool integer_read_any(const char *digits, size_t length, uint64_t *number);

/* The number that digits stand for, `length` of them, up to INTEGER_SAFE_DIGITS. False: one is no digit, or
 * there is none. */
static inline bool integer_read(const char *digits, size_t length, uint64_t *number)
{
    size_t before = 8 * (INTEGER_WORD - length); /* bits of the word that no digit has */
    uint32_t first, last;
    uint64_t word;

    if (length - sizeof(first) > INTEGER_WORD - sizeof(first)) {
        return integer_read_any(digits, length, number);
    }
    memcpy(&first, digits, sizeof(first)); /* the first four and the last four */
    memcpy(&last, digits + length - sizeof(last), sizeof(last));
    word = (uint64_t)last << 32 | (uint32_t)((uint64_t)first << before);
    return integer_of_word(word ^ INTEGER_EACH_BYTE('0') << before, number);
}

#endif
