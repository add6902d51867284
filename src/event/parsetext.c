#include "event/parsetext.h"

#include "lua/integertext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
