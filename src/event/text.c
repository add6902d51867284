#include "event/text.h"

#include "lua/integers.h"

#include <arpa/inet.h>
#include <string.h>

#define SECOND UINT64_C(1000000000)

unsigned address_parse(const char *text, size_t length, uint8_t address[16])
{
    char copy[INET6_ADDRSTRLEN + 1];

    if (length == 0 || length >= sizeof(copy) || memchr(text, '\0', length) != NULL) {
        return 0;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (inet_pton(AF_INET, copy, address) == 1) {
        return 4;
    }
    return inet_pton(AF_INET6, copy, address) == 1 ? 16 : 0;
}

bool digits_parse(const char *text, size_t length, uint64_t *number)
{
    uint64_t sum = 0;

    if (length == 0 || (length > 1 && text[0] == '0')) {
        return false;
    }
    if (length <= INTEGER_SAFE_DIGITS) {
        return integer_read(text, length, number);
    }
    for (size_t i = 0; i < length; i++) {
        unsigned digit = (unsigned)(text[i] - '0');

        if (digit > 9 || __builtin_mul_overflow(sum, UINT64_C(10), &sum) ||
            __builtin_add_overflow(sum, (uint64_t)digit, &sum)) {
            return false;
        }
    }
    *number = sum;
    return true;
}

/* What is left of the text that is being read. */
struct rest {
    const char *at, *end;
};

/* Exactly `digits` digits, from `least` to `most`. */
static bool take_number(struct rest *rest, int digits, int least, int most, int *number)
{
    *number = 0;
    for (int i = 0; i < digits; i++) {
        if (rest->at == rest->end || *rest->at < '0' || *rest->at > '9') {
            return false;
        }
        *number = *number * 10 + (*rest->at++ - '0');
    }
    return *number >= least && *number <= most;
}

static bool take_letter(struct rest *rest, const char *letters)
{
    if (rest->at == rest->end || *rest->at == '\0' || strchr(letters, *rest->at) == NULL) {
        return false;
    }
    rest->at++;
    return true;
}

/* Days since 1970-01-01 of a day in the Gregorian calendar. */
static int64_t days_since_epoch(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400, of_era = y % 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

static bool take_date(struct rest *rest, int64_t *days)
{
    int year, month, day;

    if (!take_number(rest, 4, 1, 9999, &year) || !take_letter(rest, "-") ||
        !take_number(rest, 2, 1, 12, &month) || !take_letter(rest, "-") ||
        !take_number(rest, 2, 1, days_in_month(year, month), &day)) {
        return false;
    }
    *days = days_since_epoch(year, month, day);
    return true;
}

/* ".5" is 500 million; no fraction is 0. */
static bool take_fraction(struct rest *rest, int64_t *ns)
{
    int64_t weight = 100000000;
    const char *begin;

    *ns = 0;
    if (!take_letter(rest, ".")) {
        return true;
    }
    begin = rest->at;
    for (; rest->at < rest->end && *rest->at >= '0' && *rest->at <= '9'; rest->at++) {
        *ns += weight * (*rest->at - '0');
        weight /= 10;
    }
    return rest->at > begin;
}

/* "Z", "+01:00": seconds to take away. */
static bool take_offset(struct rest *rest, int64_t *seconds)
{
    int hours, minutes;
    bool behind;

    *seconds = 0;
    if (take_letter(rest, "Zz")) {
        return true;
    }
    behind = rest->at < rest->end && *rest->at == '-';
    if (!take_letter(rest, "+-") || !take_number(rest, 2, 0, 23, &hours) || !take_letter(rest, ":") ||
        !take_number(rest, 2, 0, 59, &minutes)) {
        return false;
    }
    *seconds = (behind ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

bool time_parse(const char *text, size_t length, uint64_t *ns)
{
    struct rest rest = {text, text + length};
    int64_t days, fraction, offset, seconds;
    int hour, minute, second;

    if (!take_date(&rest, &days) || !take_letter(&rest, "Tt ") || !take_number(&rest, 2, 0, 23, &hour) ||
        !take_letter(&rest, ":") || !take_number(&rest, 2, 0, 59, &minute) || !take_letter(&rest, ":") ||
        !take_number(&rest, 2, 0, 60, &second) || !take_fraction(&rest, &fraction) ||
        !take_offset(&rest, &offset) || rest.at != rest.end) {
        return false;
    }
    seconds = days * 86400 + hour * 3600 + minute * 60 + second - offset;
    return seconds >= 0 && !__builtin_mul_overflow((uint64_t)seconds, SECOND, ns) &&
           !__builtin_add_overflow(*ns, (uint64_t)fraction, ns);
}
