#include "json/jsonscalars.h"

#include <string.h>

#define UNKNOWN_CHARACTER 0xFFFDu

static int hex_digit(char letter)
{
    if (letter >= '0' && letter <= '9') {
        return letter - '0';
    }
    letter = (char)(letter | 0x20);
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* Four hex digits; -1: they are none. */
static int32_t hex_unit(const char *at, const char *end)
{
    int32_t unit = 0;

    if (end - at < 4) {
        return -1;
    }
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(at[i]);

        if (digit < 0) {
            return -1;
        }
        unit = unit * 16 + digit;
    }
    return unit;
}

/* Writes a character in UTF-8. */
static char *write_character(char *to, uint32_t character)
{
    if (character < 0x80) {
        *to++ = (char)character;
        return to;
    }
    if (character < 0x800) {
        *to++ = (char)(0xC0 | (character >> 6));
    } else if (character < 0x10000) {
        *to++ = (char)(0xE0 | (character >> 12));
        *to++ = (char)(0x80 | ((character >> 6) & 0x3F));
    } else {
        *to++ = (char)(0xF0 | (character >> 18));
        *to++ = (char)(0x80 | ((character >> 12) & 0x3F));
        *to++ = (char)(0x80 | ((character >> 6) & 0x3F));
    }
    *to++ = (char)(0x80 | (character & 0x3F));
    return to;
}

/* The character whose four digits begin at `*at`, behind \u, and perhaps a second half; moves behind it.
 * False: these are no digits. */
static bool take_unicode(const char **at, const char *end, uint32_t *character)
{
    int32_t high = hex_unit(*at, end), low = -1;

    if (high < 0) {
        return false;
    }
    *at += 4;
    *character = (uint32_t)high;
    if (high < 0xD800 || high > 0xDFFF) {
        return true;
    }
    if (high < 0xDC00 && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u') {
        low = hex_unit(*at + 2, end);
    }
    *character = UNKNOWN_CHARACTER;
    if (low >= 0xDC00 && low <= 0xDFFF) {
        *at += 6;
        *character = 0x10000u + (((uint32_t)high - 0xD800u) << 10) + ((uint32_t)low - 0xDC00u);
    }
    return true;
}

/* One escape, behind the backslash; moves behind it. NULL: there is no such escape. */
static char *take_escape(char *to, const char **at, const char *end)
{
    static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    const char *name;
    uint32_t character;

    if (*at == end || **at == '\0') {
        return NULL;
    }
    if (**at == 'u') {
        (*at)++;
        return take_unicode(at, end, &character) ? write_character(to, character) : NULL;
    }
    name = strchr(names, *(*at)++);
    if (name == NULL) {
        return NULL;
    }
    *to++ = meanings[name - names];
    return to;
}

#define EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

/* True if one of eight bytes is a backslash or a control character. */
static bool has_special(uint64_t bytes)
{
    const uint64_t slashes = bytes ^ EACH_BYTE('\\');
    const uint64_t below_space = (bytes - EACH_BYTE(0x20)) & ~bytes,
                   zero = (slashes - EACH_BYTE(1)) & ~slashes;

    return ((below_space | zero) & EACH_BYTE(0x80)) != 0;
}

const char *json_plain_end(const char *at, const char *end)
{
    while (end - at >= 8) {
        uint64_t bytes;

        memcpy(&bytes, at, sizeof(bytes));
        if (has_special(bytes)) {
            break;
        }
        at += 8;
    }
    while (at < end && *at != '\\' && (unsigned char)*at >= 0x20) {
        at++;
    }
    return at;
}

char *json_unescape(char *to, const char *from, const char *end, const char **fault)
{
    for (;;) {
        const char *special = json_plain_end(from, end);

        memcpy(to, from, (size_t)(special - from));
        to += special - from;
        if (special == end) {
            return to;
        }
        from = special + 1;
        to = *special == '\\' ? take_escape(to, &from, end) : NULL;
        if (to == NULL) {
            *fault = special;
            return NULL;
        }
    }
}

bool json_string_equals(const char *from, const char *end, const char *text, size_t length)
{
    while (from < end) {
        char character[4];
        size_t size = 1;

        if (*from == '\\') {
            char *behind;

            from++;
            behind = take_escape(character, &from, end);
            if (behind == NULL) {
                return false;
            }
            size = (size_t)(behind - character);
        } else {
            character[0] = *from++;
        }
        if (size > length || memcmp(character, text, size) != 0) {
            return false;
        }
        text += size;
        length -= size;
    }
    return length == 0;
}

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9') {
        at++;
    }
    return at;
}

size_t json_number_length(const char *begin, const char *end, bool *integer)
{
    const char *at = begin, *digits;

    *integer = true;
    at += at < end && *at == '-';
    digits = at;
    at = at < end && *at == '0' ? at + 1 : skip_digits(at, end);
    if (at == digits) {
        return 0;
    }
    if (at < end && *at == '.') {
        *integer = false;
        digits = ++at;
        at = skip_digits(at, end);
        if (at == digits) {
            return 0;
        }
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        *integer = false;
        at++;
        at += at < end && (*at == '+' || *at == '-');
        digits = at;
        at = skip_digits(at, end);
        if (at == digits) {
            return 0;
        }
    }
    return (size_t)(at - begin);
}
