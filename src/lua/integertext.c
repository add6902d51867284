#include "lua/integertext.h"

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

/* The number of one to three digits. */
static bool read_few(const char *digits, size_t length, uint64_t *number)
{
    uint64_t word = 0;

    for (size_t i = 0; i < length; i++) {
        word = word >> 8 | (uint64_t)((unsigned char)digits[i] ^ (unsigned)'0') << 56;
    }
    return length > 0 && integer_of_word(word, number);
}

bool integer_read_any(const char *digits, size_t length, uint64_t *number)
{
    size_t first = (length - 1) % INTEGER_WORD + 1; /* digits of the first part; then a word each */
    uint64_t sum, part;

    if (length < sizeof(uint32_t)) {
        return read_few(digits, length, number);
    }
    if (!integer_read(digits, first, &sum)) {
        return false;
    }
    for (const char *at = digits + first; at < digits + length; at += INTEGER_WORD) {
        if (!integer_read(at, INTEGER_WORD, &part)) {
            return false;
        }
        sum = sum * 100000000u + part;
    }
    *number = sum;
    return true;
}
