#include "time/moment.h"

#include "time/calendar.h"

#include <string.h>

#define NANOSECONDS_OF_SECOND 1000000000

/* Of the years 1 and 9999, in seconds since 1970. */
#define FIRST_SECOND INT64_C(-62135596800)
#define LAST_SECOND  INT64_C(253402300799)

/* How far the nearest 29th of February can be. */
#define YEARS_BETWEEN_LEAPS 8

struct moment moment_begin(const char *text, size_t length)
{
    return (struct moment){.at = text, .end = text + length, .half = -1};
}

/* ---- parts of the text ---- */

bool take_space(struct moment *moment)
{
    const char *begin = moment->at;

    while (moment->at < moment->end && moment_is_space(*moment->at)) {
        moment->at++;
    }
    return moment->at > begin;
}

/* Words have no other bytes than letters: those differ in this bit where one is a capital. */
static bool is_same_letter(char a, char b)
{
    return (a | 0x20) == (b | 0x20);
}

bool take_word(struct moment *moment, const char *word, size_t length)
{
    if ((size_t)(moment->end - moment->at) < length) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (!is_same_letter(moment->at[i], word[i])) {
            return false;
        }
    }
    moment->at += length;
    return true;
}

int take_name(struct moment *moment, const char *const *names, int count)
{
    for (int i = 0; i < count; i++) {
        if (take_word(moment, names[i], 3)) {
            take_word(moment, names[i] + 3, strlen(names[i] + 3));
            return i;
        }
    }
    return -1;
}

bool take_number(struct moment *moment, int fewest, int most, int least, int greatest, int *number)
{
    int digits = 0, sum = 0;

    for (; digits < most && moment->at < moment->end && moment_is_digit(*moment->at); digits++) {
        sum = sum * 10 + (*moment->at++ - '0');
    }
    *number = sum;
    return digits >= fewest && sum >= least && sum <= greatest;
}

bool take_fraction(struct moment *moment)
{
    const char *begin = moment->at;
    int weight = NANOSECONDS_OF_SECOND / 10;

    moment->ns = 0;
    for (; moment->at < moment->end && moment_is_digit(*moment->at); moment->at++) {
        moment->ns += weight * (*moment->at - '0');
        weight /= 10;
    }
    return moment->at > begin;
}

bool take_point(struct moment *moment)
{
    return moment->end - moment->at > 1 && moment_is_digit(moment->at[1]) && take_letter(moment, ".,");
}

bool take_time_of_day(struct moment *moment)
{
    return take_number(moment, 2, 2, 0, 23, &moment->hour) && take_letter(moment, ":") &&
           take_number(moment, 2, 2, 0, 59, &moment->minute) && take_letter(moment, ":") &&
           take_number(moment, 2, 2, 0, 60, &moment->second) &&
           (!take_point(moment) || take_fraction(moment));
}

bool take_zone(struct moment *moment)
{
    int hours, minutes = 0;
    bool behind = moment_next(moment) == '-';

    moment->east = 0;
    moment->has_zone = true;
    if (take_letter(moment, "Zz") || take_word(moment, "UTC", 3) || take_word(moment, "GMT", 3)) {
        return true;
    }
    if (!take_letter(moment, "+-") || !take_two_digits(moment, 0, 23, &hours)) {
        return false;
    }
    if ((take_letter(moment, ":") || moment_is_digit(moment_next(moment))) &&
        !take_two_digits(moment, 0, 59, &minutes)) {
        return false;
    }
    moment->east = (behind ? -1 : 1) * (hours * 3600 + minutes * 60);
    return true;
}

bool take_short_year(struct moment *moment)
{
    bool there = take_number(moment, 2, 2, 0, 99, &moment->year);

    moment->year += moment->year < 69 ? 2000 : 1900;
    return there;
}

/* ---- the parts together ---- */

/* Seconds since 1970 of what was said, in a year; false: it has no such day. */
static bool to_seconds(const struct moment *moment, int year, int east, int64_t *seconds)
{
    int month = moment->month > 0 ? moment->month : 1, day = moment->day > 0 ? moment->day : 1;
    int hour = moment->half < 0 ? moment->hour : moment->hour % 12 + moment->half;
    int64_t days;

    if (moment->day_of_year > 0) {
        days = calendar_days(year, 1, 1) + moment->day_of_year - 1;
        if (moment->day_of_year == 366 && calendar_month_length(year, 2) == 28) {
            return false;
        }
    } else {
        days = calendar_days(year, month, day);
        if (day > 28 && day > calendar_month_length(year, month)) {
            return false;
        }
    }
    *seconds = days * SECONDS_OF_DAY + hour * 3600 + moment->minute * 60 + moment->second - east;
    return true;
}

/* The same in the year in which it is nearest to now. */
static bool nearest_seconds(const struct moment *moment, int east, int64_t now, int64_t *seconds)
{
    int year = calendar_date(now / SECONDS_OF_DAY).year;
    int reach = moment->month == 2 && moment->day == 29 ? YEARS_BETWEEN_LEAPS : 1;
    int64_t least = INT64_MAX, found;

    for (int candidate = year - reach; candidate <= year + reach; candidate++) {
        if (to_seconds(moment, candidate, east, &found)) {
            int64_t distance = found > now ? found - now : now - found;

            *seconds = distance < least ? found : *seconds;
            least = distance < least ? distance : least;
        }
    }
    return least < INT64_MAX;
}

enum time_read moment_end(const struct moment *moment, const struct time_defaults *defaults,
                          struct instant *instant)
{
    int east = moment->has_zone ? moment->east : defaults->east;
    bool is_day;

    if (moment->has_epoch) {
        *instant = (struct instant){moment->epoch, moment->ns};
        *instant = moment->is_before ? instant_negated(instant) : *instant;
        is_day = true;
    } else {
        instant->nanoseconds = moment->ns;
        if (moment->year == 0 && moment->month > 0 && defaults->year == 0) {
            is_day = nearest_seconds(moment, east, defaults->now(), &instant->seconds);
        } else {
            int year = moment->year > 0 ? moment->year : defaults->year > 0 ? defaults->year : 1970;

            is_day = to_seconds(moment, year, east, &instant->seconds);
        }
    }
    if (!is_day) {
        return TIME_READ_DATE;
    }
    return instant_is_valid(instant) ? TIME_READ_OK : TIME_READ_RANGE;
}

struct instant instant_negated(const struct instant *instant)
{
    if (instant->nanoseconds == 0) {
        return (struct instant){-instant->seconds, 0};
    }
    return (struct instant){-instant->seconds - 1, NANOSECONDS_OF_SECOND - instant->nanoseconds};
}

bool instant_is_valid(const struct instant *instant)
{
    return instant->seconds >= FIRST_SECOND && instant->seconds <= LAST_SECOND;
}

bool instant_nanoseconds(const struct instant *instant, int64_t *ns)
{
    __int128 sum = (__int128)instant->seconds * NANOSECONDS_OF_SECOND + instant->nanoseconds;

    *ns = (int64_t)sum;
    return sum == *ns;
}

bool instant_nanoseconds_unsigned(const struct instant *instant, uint64_t *ns)
{
    __int128 sum = (__int128)instant->seconds * NANOSECONDS_OF_SECOND + instant->nanoseconds;

    *ns = (uint64_t)sum;
    return sum >= 0 && sum == (__int128)*ns;
}
