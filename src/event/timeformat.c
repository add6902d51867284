#include "event/timeformat.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

#define SECOND INT64_C(1000000000)

/* State of a parser: the parts read so far, and the rest of the text. */
struct moment {
    const char *at, *end;
    int year, month, day; /* of a month; 0: */
    int day_of_year;      /* of that, from 1; 0: 1 */
    int hour, minute, second;
    int half;      /* %p: 12 in the afternoon; -1: not said */
    int64_t ns;    /* of the second */
    int64_t east;  /* seconds by which the zone is ahead */
    int64_t epoch; /* %s; -1: not said */
};

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

static bool next_is(const struct moment *moment, const char *letters)
{
    return moment->at < moment->end && *moment->at != '\0' && strchr(letters, *moment->at) != NULL;
}

static bool take_letter(struct moment *moment, const char *letters)
{
    bool there = next_is(moment, letters);

    moment->at += there;
    return there;
}

static void take_space(struct moment *moment)
{
    while (take_letter(moment, " \t\n\r\v\f")) {
    }
}

/* Reads a number of `fewest` to `most` digits, and checks that it is from `least` to `greatest`. */
static bool take_number(struct moment *moment, int fewest, int most, int least, int greatest, int *number)
{
    int digits = 0;

    *number = 0;
    for (; digits < most && moment->at < moment->end && is_digit(*moment->at); digits++) {
        *number = *number * 10 + (*moment->at++ - '0');
    }
    return digits >= fewest && *number >= least && *number <= greatest;
}

/* Reads the digits of a fraction of a second as nanoseconds: "5" is 500 million. */
static bool take_fraction(struct moment *moment)
{
    const char *begin = moment->at;
    int64_t weight = SECOND / 10;

    moment->ns = 0;
    for (; moment->at < moment->end && is_digit(*moment->at); moment->at++) {
        moment->ns += weight * (*moment->at - '0');
        weight /= 10;
    }
    return moment->at > begin;
}

/* Skips the point of a fraction, if digits follow it. */
static bool take_point(struct moment *moment)
{
    return moment->end - moment->at > 1 && is_digit(moment->at[1]) && take_letter(moment, ".,");
}

static bool take_word(struct moment *moment, const char *word, size_t length)
{
    bool there = (size_t)(moment->end - moment->at) >= length && strncasecmp(moment->at, word, length) == 0;

    moment->at += there ? length : 0;
    return there;
}

/* "Z", "UTC", "GMT", "+01:00", "+0100", "+01". */
static bool take_zone(struct moment *moment)
{
    int hours, minutes = 0;
    bool behind;

    moment->east = 0;
    if (take_word(moment, "UTC", 3) || take_word(moment, "GMT", 3) || take_letter(moment, "Zz")) {
        return true;
    }
    behind = next_is(moment, "-");
    if (!take_letter(moment, "+-") || !take_number(moment, 2, 2, 0, 23, &hours)) {
        return false;
    }
    if ((take_letter(moment, ":") || (moment->at < moment->end && is_digit(*moment->at))) &&
        !take_number(moment, 2, 2, 0, 59, &minutes)) {
        return false;
    }
    moment->east = (behind ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

/* Days from 1970-01-01 to a day of the Gregorian calendar. */
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

/* The parsed parts as nanoseconds since the epoch. False: no such day, or before 1970 or after 2554. */
static bool to_nanoseconds(const struct moment *moment, uint64_t *ns)
{
    int64_t days = moment->day_of_year > 0 ? days_since_epoch(moment->year, 1, 1) + moment->day_of_year - 1
                                           : days_since_epoch(moment->year, moment->month, moment->day);
    int hour = moment->half < 0 ? moment->hour : moment->hour % 12 + moment->half;
    int64_t seconds = days * 86400 + hour * 3600 + moment->minute * 60 + moment->second - moment->east;

    if (moment->epoch >= 0) {
        seconds = moment->epoch;
    } else if (moment->day_of_year == 0 && moment->day > days_in_month(moment->year, moment->month)) {
        return false;
    } else if (moment->day_of_year == 366 && days_in_month(moment->year, 2) == 28) {
        return false;
    }
    return seconds >= 0 && !__builtin_mul_overflow((uint64_t)seconds, (uint64_t)SECOND, ns) &&
           !__builtin_add_overflow(*ns, (uint64_t)moment->ns, ns);
}

static struct moment begin_moment(const char *text, size_t length)
{
    return (struct moment){
        .at = text, .end = text + length, .year = 1970, .month = 1, .day = 1, .half = -1, .epoch = -1};
}

bool time_parse(const char *text, size_t length, uint64_t *ns)
{
    struct moment moment = begin_moment(text, length);

    if (!take_number(&moment, 4, 4, 1, 9999, &moment.year) || !take_letter(&moment, "-") ||
        !take_number(&moment, 2, 2, 1, 12, &moment.month) || !take_letter(&moment, "-") ||
        !take_number(&moment, 2, 2, 1, 31, &moment.day) || !take_letter(&moment, "Tt ") ||
        !take_number(&moment, 2, 2, 0, 23, &moment.hour) || !take_letter(&moment, ":") ||
        !take_number(&moment, 2, 2, 0, 59, &moment.minute) || !take_letter(&moment, ":") ||
        !take_number(&moment, 2, 2, 0, 60, &moment.second) ||
        (take_point(&moment) && !take_fraction(&moment))) {
        return false;
    }
    if (moment.at < moment.end) {
        take_letter(&moment, " ");
        if (!take_zone(&moment)) {
            return false;
        }
    }
    return moment.at == moment.end && to_nanoseconds(&moment, ns);
}

/* ---- formats ---- */

static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};
static const char *const weekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday"};

/* Reads a name, in full or by its first three letters: its index; -1: none of them. */
static int take_name(struct moment *moment, const char *const *names, int count)
{
    for (int i = 0; i < count; i++) {
        if (take_word(moment, names[i], strlen(names[i])) || take_word(moment, names[i], 3)) {
            return i;
        }
    }
    return -1;
}

static bool take_short_year(struct moment *moment)
{
    bool there = take_number(moment, 2, 2, 0, 99, &moment->year);

    moment->year += moment->year < 69 ? 2000 : 1900;
    return there;
}

static bool take_epoch(struct moment *moment)
{
    const char *begin = moment->at;

    moment->epoch = 0;
    for (; moment->at < moment->end && is_digit(*moment->at); moment->at++) {
        if (moment->epoch > (INT64_MAX - 9) / 10) {
            return false;
        }
        moment->epoch = moment->epoch * 10 + (*moment->at - '0');
    }
    return moment->at > begin;
}

/* Combines %I and %p, which can come in any order. */
static bool take_half(struct moment *moment)
{
    moment->half = next_is(moment, "Pp") ? 12 : 0;
    return take_letter(moment, "AaPp") && take_letter(moment, "Mm");
}

static bool take_format(struct moment *moment, const char *format);

/* Parses what one conversion (the letter after "%") stands for. `next` is the rest of the format. */
static bool take_conversion(struct moment *moment, char letter, char next)
{
    int name;

    switch (letter) {
    case 'Y':
        return take_number(moment, 4, 4, 1, 9999, &moment->year);
    case 'y':
        return take_short_year(moment);
    case 'm':
        return take_number(moment, 1, 2, 1, 12, &moment->month);
    case 'e':
        take_space(moment);
        __attribute__((fallthrough));
    case 'd':
        return take_number(moment, 1, 2, 1, 31, &moment->day);
    case 'j':
        return take_number(moment, 1, 3, 1, 366, &moment->day_of_year);
    case 'b':
    case 'B':
    case 'h':
        name = take_name(moment, months, 12);
        moment->month = name + 1;
        return name >= 0;
    case 'a':
    case 'A':
        return take_name(moment, weekdays, 7) >= 0;
    case 'H':
        return take_number(moment, 1, 2, 0, 23, &moment->hour);
    case 'I':
        return take_number(moment, 1, 2, 1, 12, &moment->hour);
    case 'p':
        return take_half(moment);
    case 'M':
        return take_number(moment, 1, 2, 0, 59, &moment->minute);
    case 'S':
        return take_number(moment, 1, 2, 0, 60, &moment->second) &&
               (next_is(moment, (char[]){next, '\0'}) || !take_point(moment) || take_fraction(moment));
    case 's':
        return take_epoch(moment) &&
               (next_is(moment, (char[]){next, '\0'}) || !take_point(moment) || take_fraction(moment));
    case 'f':
        return take_fraction(moment);
    case 'z':
    case 'Z':
        return take_zone(moment);
    case 'F':
        return take_format(moment, "%Y-%m-%d");
    case 'T':
        return take_format(moment, "%H:%M:%S");
    case 'R':
        return take_format(moment, "%H:%M");
    case 'D':
        return take_format(moment, "%m/%d/%y");
    case 'n':
    case 't':
        take_space(moment);
        return true;
    case '%':
        return take_letter(moment, "%");
    default:
        return false;
    }
}

static bool take_format(struct moment *moment, const char *format)
{
    for (; *format != '\0'; format++) {
        if (strchr(" \t\n\r\v\f", *format) != NULL) {
            take_space(moment);
        } else if (*format == '%' && format[1] != '\0') {
            format++;
            if (!take_conversion(moment, *format, format[1])) {
                return false;
            }
        } else if (!take_letter(moment, (char[]){*format, '\0'})) {
            return false;
        }
    }
    return true;
}

bool time_parse_format(const char *format, const char *text, size_t length, uint64_t *ns)
{
    struct moment moment = begin_moment(text, length);

    return take_format(&moment, format) && moment.at == moment.end && to_nanoseconds(&moment, ns);
}

bool time_check_format(const char *format, const char **unknown)
{
    for (const char *at = strchr(format, '%'); at != NULL; at = strchr(at + 2, '%')) {
        if (at[1] == '\0' || strchr("YymdejbBhaAHIpMSsfzZFTRDnt%", at[1]) == NULL) {
            *unknown = at;
            return false;
        }
    }
    return true;
}
