#include "time/calendar.h"

#include <stdbool.h>

/* Days from 0000-03-01, where a year of this calculation begins so that February is its end, to 1970-01-01.
 */
#define DAYS_TO_EPOCH 719468

#define DAYS_OF_ERA 146097 /* 400 years */

const char *const calendar_months[12] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
const char *const calendar_weekdays[7] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                          "Thursday", "Friday", "Saturday"};

/* Days before a month of a year that begins in March; `month` counts from 0. */
static int days_before(int month)
{
    return (153 * month + 2) / 5;
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int64_t calendar_days(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int of_era = y % 400, since_march = month > 2 ? month - 3 : month + 9;
    int days = of_era * 365 + of_era / 4 - of_era / 100 + days_before(since_march) + day - 1;

    return (int64_t)(y / 400) * DAYS_OF_ERA + days - DAYS_TO_EPOCH;
}

int calendar_month_length(int year, int month)
{
    if (month == 2) {
        return is_leap(year) ? 29 : 28;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

struct calendar_date calendar_date(int64_t days)
{
    struct calendar_date date;
    int64_t since = days + DAYS_TO_EPOCH;
    int era = (int)(since / DAYS_OF_ERA), of_era = (int)(since % DAYS_OF_ERA);
    /* without the leap days that lie before: one in 1460 days, none at the end of a century, one at that of
     * four */
    int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / (DAYS_OF_ERA - 1)) / 365;
    int of_year = of_era - (365 * year + year / 4 - year / 100);
    int since_march = (5 * of_year + 2) / 153;

    date.day = of_year - days_before(since_march) + 1;
    date.month = since_march < 10 ? since_march + 3 : since_march - 9;
    date.year = era * 400 + year + (date.month <= 2);
    date.day_of_year = (int)(days - calendar_days(date.year, 1, 1)) + 1;
    date.weekday = (int)((since + 3) % 7); /* 0000-03-01 was a Wednesday */
    return date;
}

struct tm calendar_time(int64_t seconds)
{
    int64_t rest = seconds % SECONDS_OF_DAY, day = seconds / SECONDS_OF_DAY - (rest < 0);
    struct calendar_date date = calendar_date(day);

    rest += rest < 0 ? SECONDS_OF_DAY : 0;
    return (struct tm){
        .tm_year = date.year - 1900,
        .tm_mon = date.month - 1,
        .tm_mday = date.day,
        .tm_hour = (int)(rest / 3600),
        .tm_min = (int)(rest / 60 % 60),
        .tm_sec = (int)(rest % 60),
        .tm_wday = date.weekday,
        .tm_yday = date.day_of_year - 1,
    };
}
