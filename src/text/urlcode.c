#include "text/urlcode.h"

#include <ctype.h>

static int digit_of(char letter)
{
    return isdigit((unsigned char)letter) ? letter - '0' : (letter | 0x20) - 'a' + 10;
}

size_t urlcode_decode(char *to, const char *from, size_t length, bool plus)
{
    const char *const end = from + length;
    char *const begin = to;

    while (from < end) {
        if (*from == '%' && end - from > 2 && isxdigit((unsigned char)from[1]) &&
            isxdigit((unsigned char)from[2])) {
            *to++ = (char)(digit_of(from[1]) * 16 + digit_of(from[2]));
            from += 3;
        } else {
            *to++ = plus && *from == '+' ? ' ' : *from;
            from++;
        }
    }
    return (size_t)(to - begin);
}
