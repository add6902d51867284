#include "event/parsetext.h"

#include "base/text.h"
#include "lua/integertext.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- addresses ---- */

/* Parses an address without port, zone or brackets. */
static unsigned plain_address(const char *text, size_t length, uint8_t address[16])
{
    char copy[INET6_ADDRSTRLEN + 1];

    if (length == 0 || length >= sizeof(copy) || text_has_nul(text, length)) {
        return 0;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (inet_pton(AF_INET, copy, address) == 1) {
        return 4;
    }
    return inet_pton(AF_INET6, copy, address) == 1 ? 16 : 0;
}

/* The same, with an optional zone, which only IPv6 addresses have. */
static unsigned zoned_address(const char *text, size_t length, uint8_t address[16])
{
    const char *zone = memchr(text, '%', length);
    unsigned size = plain_address(text, zone != NULL ? (size_t)(zone - text) : length, address);

    return zone == NULL || (size == 16 && zone + 1 < text + length) ? size : 0;
}

/* ":80", to the end of the text. */
static bool is_port(const char *at, const char *end)
{
    uint64_t port;

    return at < end && *at == ':' && end - at <= 6 && natural_parse(at + 1, (size_t)(end - at - 1), &port) &&
           port <= UINT16_MAX;
}

unsigned address_parse(const char *text, size_t length, uint8_t address[16])
{
    const char *end = text + length, *close, *colon;
    unsigned size;

    if (length > 0 && *text == '[') {
        close = memchr(text, ']', length);
        return close != NULL && (close + 1 == end || is_port(close + 1, end))
                   ? zoned_address(text + 1, (size_t)(close - text - 1), address)
                   : 0;
    }
    size = zoned_address(text, length, address);
    if (size > 0) {
        return size;
    }
    colon = memchr(text, ':', length);
    size = colon != NULL && is_port(colon, end) ? plain_address(text, (size_t)(colon - text), address) : 0;
    return size;
}

unsigned network_parse(const char *text, size_t length, uint8_t address[16])
{
    const char *slash = memchr(text, '/', length);
    size_t before = slash != NULL ? (size_t)(slash - text) : 0;
    uint64_t bits;
    unsigned size;

    if (slash == NULL) {
        return address_parse(text, length, address);
    }
    size = plain_address(text, before, address);
    return natural_parse(slash + 1, length - before - 1, &bits) && bits <= 8 * size ? size : 0;
}

/* ---- numbers ---- */

/* Appends a digit. False: the number would exceed 2^64-1. */
static bool add_digit(uint64_t *sum, unsigned digit)
{
    return !__builtin_mul_overflow(*sum, UINT64_C(10), sum) &&
           !__builtin_add_overflow(*sum, (uint64_t)digit, sum);
}

bool natural_parse(const char *text, size_t length, uint64_t *number)
{
    uint64_t sum = 0;

    if (length <= INTEGER_SAFE_DIGITS) {
        return length > 0 && integer_read(text, length, number);
    }
    for (size_t i = 0; i < length; i++) {
        unsigned digit = (unsigned)(text[i] - '0');

        if (digit > 9 || !add_digit(&sum, digit)) {
            return false;
        }
    }
    *number = sum;
    return true;
}

bool digits_parse(const char *text, size_t length, uint64_t *number)
{
    return length > 0 && (length == 1 || text[0] != '0') && natural_parse(text, length, number);
}

/* Exponents are clamped to this: no text has as many digits. */
#define MOST_EXPONENT INT64_C(1000000000000)

/* Reads an optional exponent ("e-3") at `at`, up to `end`. False: something else is there. */
static bool take_exponent(const char *at, const char *end, int64_t *exponent)
{
    bool negative;

    *exponent = 0;
    if (at == end) {
        return true;
    }
    if (*at != 'e' && *at != 'E') {
        return false;
    }
    at++;
    negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    if (at == end) {
        return false;
    }
    for (; at < end; at++) {
        if (*at < '0' || *at > '9') {
            return false;
        }
        *exponent = *exponent < MOST_EXPONENT ? 10 * *exponent + (*at - '0') : *exponent;
    }
    *exponent = negative ? -*exponent : *exponent;
    return true;
}

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9') {
        at++;
    }
    return at;
}

/* A decimal number: digits, the position of the point, and the exponent. */
struct decimal {
    const char *begin, *point, *end; /* of the digits; `point` may be `end` */
    int64_t exponent;
    bool negative;
};

static bool take_decimal(const char *at, const char *end, struct decimal *decimal)
{
    decimal->negative = at < end && *at == '-';
    decimal->begin = at + decimal->negative;
    decimal->point = decimal->end = skip_digits(decimal->begin, end);
    if (decimal->point == decimal->begin) {
        return false;
    }
    if (decimal->point < end && *decimal->point == '.') {
        decimal->end = skip_digits(decimal->point + 1, end);
        if (decimal->end == decimal->point + 1) {
            return false;
        }
    }
    return take_exponent(decimal->end, end, &decimal->exponent);
}

bool decimal_parse(const char *text, size_t length, int scale, bool exact, uint64_t *number)
{
    struct decimal decimal;
    uint64_t sum = 0;
    int64_t left; /* digits up to the moved point */
    bool is_zero = true;

    if (!take_decimal(text, text + length, &decimal)) {
        return false;
    }
    left = (decimal.point - decimal.begin) + decimal.exponent + scale;
    for (const char *at = decimal.begin; at < decimal.end; at++) {
        if (at == decimal.point) {
            continue;
        }
        is_zero = is_zero && *at == '0';
        if (left > 0 ? !add_digit(&sum, (unsigned)(*at - '0')) : exact && *at != '0') {
            return false;
        }
        left--;
    }
    for (; left > 0 && sum > 0; left--) {
        if (!add_digit(&sum, 0)) {
            return false;
        }
    }
    *number = sum;
    return is_zero || !decimal.negative;
}

size_t float_text(double number, char text[FLOAT_TEXT])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, FLOAT_TEXT, "%.*g", digits, number);
        if (strtod(text, NULL) == number) {
            break;
        }
    }
    if (strpbrk(text, ".e") == NULL) {
        strcat(text, ".0");
    }
    return strlen(text);
}
