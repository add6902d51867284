#include "time/notations.h"

#include "time/calendar.h"

#define NANOSECONDS_OF_SECOND UINT64_C(1000000000)

/* ---- RFC 3339 ---- */

/* Behind it: the end of the text, or a zone. */
static bool take_optional_zone(struct moment *moment)
{
    if (moment->at == moment->end) {
        return true;
    }
    take_letter(moment, " ");
    return take_zone(moment);
}

/* A year from 1 on. */
static bool take_four_digits(struct moment *moment, int *year)
{
    int century, rest;

    if (!take_two_digits(moment, 0, 99, &century) || !take_two_digits(moment, 0, 99, &rest)) {
        return false;
    }
    *year = 100 * century + rest;
    return *year > 0;
}

/* `separator`: "-", between its parts. */
static bool take_date(struct moment *moment, const char *separator)
{
    return take_four_digits(moment, &moment->year) && take_letter(moment, separator) &&
           take_two_digits(moment, 1, 12, &moment->month) && take_letter(moment, separator) &&
           take_two_digits(moment, 1, 31, &moment->day);
}

/* Behind the date. */
static bool take_time(struct moment *moment)
{
    return take_letter(moment, "Tt ") && take_time_of_day(moment) && take_optional_zone(moment);
}

static enum time_read finish(const struct moment *moment, bool is_read, const struct time_defaults *defaults,
                             struct instant *instant)
{
    return is_read && moment->at == moment->end ? moment_end(moment, defaults, instant) : TIME_READ_SYNTAX;
}

enum time_read time_read_rfc3339(const char *text, size_t length, const struct time_defaults *defaults,
                                 struct instant *instant)
{
    struct moment moment = moment_begin(text, length);
    bool is_read = take_date(&moment, "-") && take_time(&moment);

    return finish(&moment, is_read, defaults, instant);
}

/* ---- RFC 2822, Apache ---- */

/* A zone as take_zone, or one of the names that RFC 2822 has. */
static bool take_mail_zone(struct moment *moment)
{
    static const struct {
        char name[4];
        int hours;
    } names[] = {{"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5},
                 {"MST", -7}, {"MDT", -6}, {"PST", -8}, {"PDT", -7}};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (take_word(moment, names[i].name, 3)) {
            moment->east = names[i].hours * 3600;
            moment->has_zone = true;
            return true;
        }
    }
    if (take_zone(moment)) {
        return true;
    }
    return take_word(moment, "UT", 2); /* has no offset either */
}

/* "Mon, ", "Monday ": may lack. */
static bool take_weekday(struct moment *moment)
{
    if (take_name(moment, calendar_weekdays, 7) < 0) {
        return true;
    }
    return (int)take_letter(moment, ",") + (int)take_space(moment) > 0;
}

static bool take_month(struct moment *moment)
{
    moment->month = take_name(moment, calendar_months, 12) + 1;
    return moment->month > 0;
}

/* Four digits, or, in the older form, two (1950 to 2049). */
static bool take_mail_year(struct moment *moment)
{
    const char *begin = moment->at;

    if (!take_number(moment, 2, 4, 0, 9999, &moment->year) || moment->at - begin == 3) {
        return false;
    }
    if (moment->at - begin == 2) {
        moment->year += moment->year < 50 ? 2000 : 1900;
    }
    return moment->year > 0;
}

/* "10:20", with seconds and a fraction where they are there. */
static bool take_short_time(struct moment *moment)
{
    const bool has_seconds = moment->end - moment->at > 5 && moment->at[5] == ':';

    if (has_seconds) {
        return take_time_of_day(moment);
    }
    return take_two_digits(moment, 0, 23, &moment->hour) && take_letter(moment, ":") &&
           take_two_digits(moment, 0, 59, &moment->minute);
}

/* " +0100 (CET)": both may lack. */
static bool take_mail_end(struct moment *moment)
{
    if (take_space(moment) && moment->at < moment->end && *moment->at != '(' && !take_mail_zone(moment)) {
        return false;
    }
    take_space(moment);
    if (moment_next(moment) == '(' && moment->end[-1] == ')') {
        moment->at = moment->end;
    }
    return true;
}

/* Behind the weekday: "23 Nov 2026 10:00:00 +0100". */
static bool take_mail(struct moment *moment)
{
    bool dashed;

    if (!take_number(moment, 1, 2, 1, 31, &moment->day)) {
        return false;
    }
    dashed = moment_next(moment) == '-';
    return (dashed ? take_letter(moment, "-") : take_space(moment)) && take_month(moment) &&
           (dashed ? take_letter(moment, "-") : take_space(moment)) && take_mail_year(moment) &&
           take_space(moment) && take_short_time(moment) && take_mail_end(moment);
}

/* "23/Nov/2026:10:00:00 +0100" */
static bool take_apache(struct moment *moment)
{
    return take_number(moment, 1, 2, 1, 31, &moment->day) && take_letter(moment, "/") && take_month(moment) &&
           take_letter(moment, "/") && take_four_digits(moment, &moment->year) && take_letter(moment, ":") &&
           take_time_of_day(moment) && take_optional_zone(moment);
}

/* ---- syslog, ctime ---- */

static bool is_year_next(const struct moment *moment)
{
    for (int i = 0; i < 4; i++) {
        if (moment->end - moment->at <= i || !moment_is_digit(moment->at[i])) {
            return false;
        }
    }
    return true;
}

/* Behind the time: nothing, " 2026", " +0100", " UTC 2026". */
static bool take_month_first_end(struct moment *moment)
{
    if (!take_space(moment)) {
        return true;
    }
    if (!is_year_next(moment) && (!take_mail_zone(moment) || !take_space(moment))) {
        return moment->at == moment->end;
    }
    return moment->year == 0 && take_four_digits(moment, &moment->year);
}

/* Behind the weekday: "Nov 23 10:00:00". */
static bool take_month_first(struct moment *moment)
{
    if (!take_month(moment) || !take_space(moment) || !take_number(moment, 1, 2, 1, 31, &moment->day)) {
        return false;
    }
    take_letter(moment, ",");
    if (!take_space(moment) ||
        (is_year_next(moment) && (!take_four_digits(moment, &moment->year) || !take_space(moment)))) {
        return false;
    }
    return take_time_of_day(moment) && take_month_first_end(moment);
}

/* ---- numbers ---- */

void time_from_number(uint64_t whole, unsigned billionths, bool is_negative, struct instant *instant)
{
    static const struct {
        uint64_t below, of_second;
    } units[] = {{UINT64_C(100000000000), 1},
                 {UINT64_C(100000000000000), 1000},
                 {UINT64_C(100000000000000000), 1000000},
                 {UINT64_MAX, NANOSECONDS_OF_SECOND}};
    size_t i = 0;
    uint64_t of_second, ns;

    while (i < 3 && whole >= units[i].below) {
        i++;
    }
    of_second = units[i].of_second;
    ns = whole % of_second * (NANOSECONDS_OF_SECOND / of_second) + billionths / of_second;
    *instant = (struct instant){(int64_t)(whole / of_second), (int32_t)ns};
    if (is_negative) {
        *instant = instant_negated(instant);
    }
}

static enum time_read read_number(struct moment *moment, struct instant *instant)
{
    bool is_negative = take_letter(moment, "-"), is_large = false;
    const char *begin = moment->at;
    uint64_t whole = 0;

    for (; moment_is_digit(moment_next(moment)); moment->at++) {
        is_large = is_large || __builtin_mul_overflow(whole, UINT64_C(10), &whole) ||
                   __builtin_add_overflow(whole, (uint64_t)(*moment->at - '0'), &whole);
    }
    if (moment->at == begin || (take_point(moment) && !take_fraction(moment)) || moment->at < moment->end) {
        return TIME_READ_SYNTAX;
    }
    time_from_number(whole, (unsigned)moment->ns, is_negative, instant);
    return is_large || !instant_is_valid(instant) ? TIME_READ_RANGE : TIME_READ_OK;
}

/* ---- any ---- */

/* What is between brackets, and no white space around it. */
static void trim(const char **text, size_t *length)
{
    const char *begin = *text, *end = begin + *length;

    while (begin < end && moment_is_space(*begin)) {
        begin++;
    }
    while (end > begin && moment_is_space(end[-1])) {
        end--;
    }
    if (end - begin > 2 && *begin == '[' && end[-1] == ']') {
        begin++;
        end--;
    }
    *text = begin;
    *length = (size_t)(end - begin);
}

enum time_read time_read_any(const char *text, size_t length, const struct time_defaults *defaults,
                             struct instant *instant)
{
    struct moment moment;
    size_t digits = 0;
    char next;
    bool is_read;

    if (length > 4 && text[4] == '-') { /* at once, as it is what comes most */
        enum time_read read = time_read_rfc3339(text, length, defaults, instant);

        if (read != TIME_READ_SYNTAX) {
            return read;
        }
    }
    trim(&text, &length);
    moment = moment_begin(text, length);
    while (digits < length && moment_is_digit(text[digits])) {
        digits++;
    }
    next = (char)(digits < length ? text[digits] : '\0');
    if (digits == 4 && (next == '-' || next == '/')) {
        is_read = take_date(&moment, next == '-' ? "-" : "/") &&
                  (moment.at == moment.end || take_time(&moment)); /* a date alone is its first second */
    } else if (digits == length || next == '.' || next == ',' || (digits == 0 && next == '-')) {
        return read_number(&moment, instant);
    } else if (digits > 0) {
        is_read = next == '/' ? take_apache(&moment) : take_mail(&moment);
    } else {
        is_read = take_weekday(&moment) &&
                  (moment_is_digit(moment_next(&moment)) ? take_mail(&moment) : take_month_first(&moment));
    }
    return finish(&moment, is_read, defaults, instant);
}
