/*
 * glibctimes YEAR FORMAT...
 * Each hour of a year in ten zones, as glibc prints and reads it: a line "SECONDS<tab>ZONE<tab>TEXT" for each
 * and each format. A format that strptime does not read as the time that strftime printed is an error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const int offsets[] = {0, 3600, -3600, 19800, -12600, 20700, 45900, 50400, -43200, -34200};

/* The zone as lure.time takes it. */
static void print_zone(char to[16], int east)
{
    int ahead = abs(east);

    snprintf(to, 16, "%c%02d:%02d", east < 0 ? '-' : '+', ahead / 3600, ahead / 60 % 60);
}

static int print(time_t seconds, int east, const char *format)
{
    char text[256], zone[16];
    time_t local = seconds + east;
    struct tm tm, again = {0};
    long read_east;

    gmtime_r(&local, &tm);
    tm.tm_gmtoff = east;
    if (strftime(text, sizeof(text), format, &tm) == 0) {
        return 1;
    }
    if (strptime(text, format, &again) == NULL) {
        return 1;
    }
    read_east = again.tm_gmtoff; /* which timegm changes */
    if (timegm(&again) - read_east != seconds) {
        fprintf(stderr, "glibc reads %s by %s as another time\n", text, format);
        return 1;
    }
    print_zone(zone, east);
    return printf("%lld\t%s\t%s\n", (long long)seconds, zone, text) < 0;
}

int main(int argc, char **argv)
{
    struct tm first = {.tm_mday = 1, .tm_year = atoi(argv[1]) - 1900}, last = first;
    int failures = 0;

    last.tm_year++;
    for (time_t at = timegm(&first); at < timegm(&last); at += 3600) {
        for (size_t zone = 0; zone < sizeof(offsets) / sizeof(offsets[0]); zone++) {
            for (int format = 2; format < argc; format++) {
                failures += print(at + (time_t)zone, offsets[zone], argv[format]);
            }
        }
    }
    return failures > 0;
}
