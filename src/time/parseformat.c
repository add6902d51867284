#include "time/parseformat.h"

#include "time/calendar.h"
#include "time/formats.h"

#include <string.h>

#define CONVERSIONS "YymdejbhBaAuwHIklpMSsfzZFTRDrcxXnt%"

/* Seconds since 1970 with more digits than these are beyond all years. */
#define MOST_SECONDS INT64_C(999999999999)

/* A fraction may stand behind seconds, unless the format goes on with that byte itself. */
static bool take_optional_fraction(struct moment *moment, char next)
{
    return moment_next(moment) == next || !take_point(moment) || take_fraction(moment);
}

/* %s: digits, "-" in front for what lies before 1970. */
static bool take_epoch(struct moment *moment, char next)
{
    const char *begin;

    moment->is_before = take_letter(moment, "-");
    moment->has_epoch = true;
    moment->epoch = 0;
    for (begin = moment->at; moment_is_digit(moment_next(moment)); moment->at++) {
        moment->epoch =
            moment->epoch > MOST_SECONDS ? moment->epoch : moment->epoch * 10 + (*moment->at - '0');
    }
    return moment->at > begin && take_optional_fraction(moment, next);
}

/* Combines %I and %p, which can come in any order. */
static bool take_half(struct moment *moment)
{
    moment->half = (moment_next(moment) | 0x20) == 'p' ? 12 : 0;
    return take_letter(moment, "AaPp") && take_letter(moment, "Mm");
}

static bool take_format(struct moment *moment, const char *format);

/* Parses what one conversion (the letter after "%") stands for. `next` is the next byte of the format. */
static bool take_conversion(struct moment *moment, char letter, char next)
{
    int ignored;

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
        moment->month = take_name(moment, calendar_months, 12) + 1;
        return moment->month > 0;
    case 'a':
    case 'A':
        return take_name(moment, calendar_weekdays, 7) >= 0;
    case 'u':
    case 'w':
        return take_number(moment, 1, 1, 0, 7, &ignored);
    case 'k':
        take_space(moment);
        __attribute__((fallthrough));
    case 'H':
        return take_number(moment, 1, 2, 0, 23, &moment->hour);
    case 'l':
        take_space(moment);
        __attribute__((fallthrough));
    case 'I':
        return take_number(moment, 1, 2, 1, 12, &moment->hour);
    case 'p':
        return take_half(moment);
    case 'M':
        return take_number(moment, 1, 2, 0, 59, &moment->minute);
    case 'S':
        return take_number(moment, 1, 2, 0, 60, &moment->second) && take_optional_fraction(moment, next);
    case 's':
        return take_epoch(moment, next);
    case 'f':
        return take_fraction(moment);
    case 'z':
    case 'Z':
        return take_zone(moment);
    case 'n':
    case 't':
        take_space(moment);
        return true;
    case '%':
        return take_letter(moment, "%");
    default:
        return format_of(letter) != NULL && take_format(moment, format_of(letter));
    }
}

/* Recursive only for conversions that stand for others. */
static bool take_format(struct moment *moment, const char *format)
{
    for (; *format != '\0'; format++) {
        if (*format == '%') {
            if (format[1] == '\0') {
                return false;
            }
            format += 1 + (format[1] == ':' && format[2] == 'z');
            if (!take_conversion(moment, *format, format[1])) {
                return false;
            }
        } else if (moment_is_space(*format)) {
            take_space(moment);
        } else if (moment->at < moment->end && *moment->at == *format) {
            moment->at++;
        } else {
            return false;
        }
    }
    return true;
}

enum time_read time_read_format(const char *format, const char *text, size_t length,
                                const struct time_defaults *defaults, struct instant *instant)
{
    struct moment moment = moment_begin(text, length);

    return take_format(&moment, format) && moment.at == moment.end ? moment_end(&moment, defaults, instant)
                                                                   : TIME_READ_SYNTAX;
}

bool time_check_format(const char *format, const char **unknown)
{
    for (const char *at = strchr(format, '%'); at != NULL; at = strchr(at + 2, '%')) {
        bool is_zone = at[1] == ':' && at[2] == 'z';

        if (at[1] == '\0' || (!is_zone && strchr(CONVERSIONS, at[1]) == NULL)) {
            *unknown = at;
            return false;
        }
    }
    return true;
}
