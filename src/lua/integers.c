#include "lua/integers.h"

#include <string.h>

/* All pairs of digits. */
static const char pairs[201] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
    "8081828384858687888990919293949596979899";

const char *integer_text(int64_t integer, char buffer[INTEGER_TEXT], size_t *length)
{
    uint64_t rest = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
    char *at = buffer + INTEGER_TEXT;

    for (; rest >= 100; rest /= 100) {
        at -= 2;
        memcpy(at, pairs + 2 * (rest % 100), 2);
    }
    if (rest >= 10) {
        at -= 2;
        memcpy(at, pairs + 2 * rest, 2);
    } else {
        *--at = (char)('0' + rest);
    }
    if (integer < 0) {
        *--at = '-';
    }
    *length = (size_t)(buffer + INTEGER_TEXT - at);
    return at;
}

int integer_write(int64_t integer, char *to)
{
    char buffer[INTEGER_TEXT];
    size_t length;
    const char *text = integer_text(integer, buffer, &length);

    memcpy(to, text, length);
    to[length] = '\0';
    return (int)length;
}

#define EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))
#define EIGHT            8u

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte of a text is the lowest");

/* Up to eight bytes, the last one highest, with "0" before them. */
static inline uint64_t load(const char *text, size_t length)
{
    uint64_t bytes;
    uint32_t first, last;

    if (length == EIGHT) {
        memcpy(&bytes, text, sizeof(bytes));
        return bytes;
    }
    if (length >= sizeof(first)) { /* the first four and the last four */
        memcpy(&first, text, sizeof(first));
        memcpy(&last, text + length - sizeof(last), sizeof(last));
        bytes = (uint64_t)last << 32 | (uint32_t)((uint64_t)first << 8 * (EIGHT - length));
    } else {
        bytes = 0;
        for (size_t i = 0; i < length; i++) {
            bytes = bytes >> 8 | (uint64_t)(unsigned char)text[i] << 56;
        }
    }
    return bytes | EACH_BYTE('0') >> 8 * length;
}

/* The number that up to eight digits stand for; false: one is none. */
static inline bool read_eight(const char *text, size_t length, uint64_t *number)
{
    uint64_t digits = load(text, length) ^ EACH_BYTE('0');

    if (((digits | (digits + EACH_BYTE(0x7F - 9))) & EACH_BYTE(0x80)) != 0) {
        return false;
    }
    digits = digits * ((10u << 8) + 1) >> 8; /* numbers of two digits, in every other byte */
    digits = (digits & UINT64_C(0x00FF00FF00FF00FF)) * ((100u << 16) + 1) >> 16; /* of four */
    *number = (digits & UINT64_C(0x0000FFFF0000FFFF)) * ((UINT64_C(10000) << 32) + 1) >> 32;
    return true;
}

bool integer_read(const char *digits, size_t length, uint64_t *number)
{
    uint64_t sum = 0, part;
    size_t first = (length - 1) % EIGHT + 1; /* digits of the part; then eight each */

    if (length <= EIGHT) {
        return length > 0 && read_eight(digits, length, number);
    }
    if (!read_eight(digits, first, &sum)) {
        return false;
    }
    for (const char *at = digits + first; at < digits + length; at += EIGHT) {
        if (!read_eight(at, EIGHT, &part)) {
            return false;
        }
        sum = sum * 100000000u + part;
    }
    *number = sum;
    return true;
}
