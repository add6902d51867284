/*
 * calendar: dates of the Gregorian calendar as numbers of days, and the English names of its parts.
 *
 * It goes on before 1582, as in ISO 8601. Thread safe.
 */
#ifndef LURE_TIME_CALENDAR_H
#define LURE_TIME_CALENDAR_H

#include <stdint.h>
#include <time.h>

#define SECONDS_OF_DAY 86400

struct calendar_date {
    int year, month, day;
    int day_of_year; /* from 1 */
    int weekday;     /* 0: Sunday */
};

extern const char *const calendar_months[12];
extern const char *const calendar_weekdays[7]; /* Sunday first */

/* Days from 1970-01-01 to a date from the year 1 on; the day may lie beyond the month's end. */
int64_t calendar_days(int year, int month, int day);

/* 28 to 31. */
int calendar_month_length(int year, int month);

/* The date so many days after 1970-01-01, from the year 1 on. */
struct calendar_date calendar_date(int64_t days);

/* The date and time of day so many seconds after 1970-01-01, as gmtime_r has it. That takes a lock of the C
 * library, which another thread may hold for ever in a forked child. */
struct tm calendar_time(int64_t seconds);

#endif
