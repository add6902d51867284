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
