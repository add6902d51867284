/*
 * calendartimes: exits with 0 if calendar_time says what gmtime_r does, around each midnight of the years 1
 * to 9999.
 */
#include "time/calendar.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void check(time_t seconds)
{
    struct tm found = calendar_time(seconds), expected;

    gmtime_r(&seconds, &expected);
    if (found.tm_sec != expected.tm_sec || found.tm_min != expected.tm_min ||
        found.tm_hour != expected.tm_hour || found.tm_mday != expected.tm_mday ||
        found.tm_mon != expected.tm_mon || found.tm_year != expected.tm_year ||
        found.tm_wday != expected.tm_wday || found.tm_yday != expected.tm_yday) {
        printf("%lld: %s", (long long)seconds, asctime(&found));
        exit(1);
    }
}

int main(void)
{
    time_t last = (time_t)calendar_days(10000, 1, 1) * SECONDS_OF_DAY;

    for (time_t midnight = (time_t)calendar_days(1, 1, 2) * SECONDS_OF_DAY; midnight < last;
         midnight += SECONDS_OF_DAY) {
        check(midnight - 1);
        check(midnight);
        check(midnight + midnight / 7 % SECONDS_OF_DAY);
    }
    return 0;
}
