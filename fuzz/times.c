/*
 * times: points in time in all notations of lure.time (time/), and formats.
 *
 *  - A time, printed by snprintf in one of the notations, is read as what timegm says of its parts, or
 * refused where timegm moves them.
 *  - Any bytes are read as the same at another place, and as what they were printed as again, or not.
 *  - A time printed by a format is what strftime prints; and it is read back, if the format says all of it.
 *
 * The input is decisions; from a first byte of 0x80 on any bytes stand behind it.
 */
#include "input.h"
#include "time/calendar.h"
#include "time/notations.h"
#include "time/parseformat.h"
#include "time/printformat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NOW         INT64_C(1790000000) /* in September 2026 */
#define SECOND      INT64_C(1000000000)
#define MOST_BYTES  4096u
#define MOST_PARSED 200

static int64_t now(void)
{
    return NOW;
}

static const char *shown = ""; /* what is tried */

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "times: %s: \"%s\"\n", what, shown);
    abort();
}

/* Reads a text that ends where its memory ends. */
static enum time_read read_exact(const char *format, const char *text, size_t length,
                                 const struct time_defaults *defaults, struct instant *instant)
{
    char *copy = memcpy(malloc(length > 0 ? length : 1), text, length);
    enum time_read read = format != NULL ? time_read_format(format, copy, length, defaults, instant)
                                         : time_read_any(copy, length, defaults, instant);

    free(copy);
    return read;
}

/* ---- notations ---- */

struct parts {
    struct tm tm;
    unsigned ns;
    int east;
};

/* What timegm says; false: it has moved them. */
static bool refer(const struct parts *parts, struct instant *instant)
{
    struct tm day = parts->tm, all = parts->tm;
    int64_t seconds;

    day.tm_hour = day.tm_min = day.tm_sec = 0;
    timegm(&day);
    seconds = timegm(&all);
    *instant = (struct instant){seconds - parts->east, (int32_t)parts->ns};
    return day.tm_mon == parts->tm.tm_mon && day.tm_mday == parts->tm.tm_mday;
}

/* The year in which a day is nearest to now, one by one. */
static bool refer_nearest(struct parts *parts, struct instant *instant)
{
    struct instant found;
    int64_t least = INT64_MAX;

    for (int year = 2026 - 8; year <= 2026 + 8; year++) {
        parts->tm.tm_year = year - 1900;
        if (refer(parts, &found) && llabs(found.seconds - NOW) < least) {
            least = llabs(found.seconds - NOW);
            *instant = found;
        }
    }
    return least < INT64_MAX;
}

static void print_zone(char *to, int east, const char *format)
{
    int ahead = abs(east);

    sprintf(to, format, east < 0 ? '-' : '+', ahead / 3600, ahead / 60 % 60);
}

/* Prints a time in one of the notations. Returns its length; `*has_year`, `*has_fraction`, `*has_zone`: what
 * it tells. */
static int print_notation(const struct parts *parts, char *to, bool *has_year, bool *has_fraction,
                          bool *has_zone)
{
    const struct tm *tm = &parts->tm;
    const char *month = calendar_months[tm->tm_mon], *weekday = calendar_weekdays[input_below(7)];
    int year = tm->tm_year + 1900;
    char zone[16], colon_zone[16], clock[32];

    *has_year = *has_zone = true;
    *has_fraction = input_once_in(2);
    print_zone(zone, parts->east, "%c%02d%02d");
    print_zone(colon_zone, parts->east, "%c%02d:%02d");
    sprintf(clock, *has_fraction ? "%02d:%02d:%02d%c%09u" : "%02d:%02d:%02d", tm->tm_hour, tm->tm_min,
            tm->tm_sec, input_once_in(2) ? '.' : ',', parts->ns);
    switch (input_below(9)) {
    case 0:
        return sprintf(to, "%04d-%02d-%02d%c%s%s", year, tm->tm_mon + 1, tm->tm_mday, "Tt "[input_below(3)],
                       clock, colon_zone);
    case 1:
        return sprintf(to, " %04d/%02d/%02d %s %s\n", year, tm->tm_mon + 1, tm->tm_mday, clock, zone);
    case 2:
        return sprintf(to, "%.3s, %d %.3s %04d %s %s (%s)", weekday, tm->tm_mday, month, year, clock, zone,
                       month);
    case 3:
        return sprintf(to, "%02d-%.3s-%04d  %s %s", tm->tm_mday, month, year, clock, zone);
    case 4:
        return sprintf(to, "[%02d/%.3s/%04d:%s %s]", tm->tm_mday, month, year, clock, zone);
    case 5:
        *has_zone = false;
        return sprintf(to, "%.3s %.3s %2d %s %04d", weekday, month, tm->tm_mday, clock, year);
    case 6:
        return sprintf(to, "%s %d, %04d %s %s", month, tm->tm_mday, year, clock, zone);
    case 7:
        *has_year = false;
        return sprintf(to, "%.3s %2d %s %s", month, tm->tm_mday, clock, colon_zone);
    default:
        *has_year = *has_zone = false;
        return sprintf(to, "%.3s %2d %s", month, tm->tm_mday, clock);
    }
}

static void check_notation(void)
{
    struct parts parts = {.tm = {.tm_year = (int)input_below(9999) + 1 - 1900,
                                 .tm_mon = (int)input_below(12),
                                 .tm_mday = (int)input_below(31) + 1,
                                 .tm_hour = (int)input_below(24),
                                 .tm_min = (int)input_below(60),
                                 .tm_sec = (int)input_below(61)},
                          .ns = input_below(1000000000),
                          .east = 60 * ((int)input_below(2880) - 1440)};
    struct time_defaults defaults = {.east = 3600 * ((int)input_below(25) - 12), .now = now};
    char text[MOST_PARSED];
    bool has_year, has_fraction, has_zone, good;
    struct instant expected, instant = {0};
    enum time_read read;
    int length;

    parts.east = abs(parts.east) == 86400 ? 0 : parts.east;
    if (input_once_in(4)) {
        parts.tm.tm_mon = 1;
        parts.tm.tm_mday = 28 + (int)input_below(3);
    }
    length = print_notation(&parts, text, &has_year, &has_fraction, &has_zone);
    shown = text;
    parts.ns = has_fraction ? parts.ns : 0;
    parts.east = has_zone ? parts.east : defaults.east;
    good = has_year ? refer(&parts, &expected) : refer_nearest(&parts, &expected);
    read = read_exact(NULL, text, (size_t)length, &defaults, &instant);
    if (good && !instant_is_valid(&expected)) {
        good = read == TIME_READ_RANGE;
    } else if (good) {
        good = read == TIME_READ_OK && instant.seconds == expected.seconds &&
               instant.nanoseconds == expected.nanoseconds;
    } else {
        good = read == TIME_READ_DATE;
    }
    if (!good) {
        fail("a time in a notation is another one, or none");
    }
    if (length > 0 && input_once_in(2)) { /* one byte is another: it is read, or not */
        text[input_below((unsigned)length)] = (char)input_below(256);
        read_exact(NULL, text, (size_t)length, &defaults, &instant);
    }
}

/* ---- numbers ---- */

static void check_number(void)
{
    uint64_t whole = (uint64_t)input_below(UINT32_MAX) << 32 | input_below(UINT32_MAX),
             size = input_below(64);
    bool is_negative = input_once_in(4), good;
    unsigned billionths = input_below(1000000000), unit;
    struct time_defaults defaults = {0};
    struct instant instant = {0};
    unsigned __int128 ns;
    __int128 expected, found;
    char text[64];
    int length;

    whole >>= size;
    length = sprintf(text, "%s%llu.%09u", is_negative ? "-" : "", (unsigned long long)whole, billionths);
    shown = text;
    unit = whole < 100000000000 ? 9 : whole < 100000000000000 ? 6 : whole < 100000000000000000 ? 3 : 0;
    ns = (unsigned __int128)whole * 1000000000 + billionths;
    for (unsigned i = unit; i < 9; i++) {
        ns /= 10;
    }
    expected = is_negative ? -(__int128)ns : (__int128)ns;
    good = expected / SECOND > -62135596800 && expected / SECOND < 253402300800;
    if ((read_exact(NULL, text, (size_t)length, &defaults, &instant) == TIME_READ_OK) != good) {
        fail("a number is a time, or none");
    }
    found = (__int128)instant.seconds * SECOND + instant.nanoseconds;
    if (good && found != expected) {
        fail("a number is another time");
    }
}

/* ---- formats ---- */

/* Of an input's time: what strftime prints; read back where the format says all. */
static void check_printed(void)
{
    static const char *const formats[] = {
        "%Y", "%C", "%y", "%m", "%d", "%e", "%j", "%b", "%B", "%h", "%a", "%A", "%u", "%w",
        "%G", "%g", "%V", "%U", "%W", "%H", "%I", "%k", "%l", "%p", "%P", "%M", "%S", "%z",
        "%F", "%T", "%R", "%D", "%r", "%c", "%x", "%X", "%n", "%t", "%%", "-",  "T",  "\xc3\xa9"};
    static const char *const whole[] = {
        "%FT%T%:z", "%c %z", "%d/%b/%Y:%H:%M:%S %z", "%A, %e %B %Y %r%z", "%Y %j %k:%M:%S%z", "%s"};
    int64_t ns = (int64_t)((uint64_t)input_below(UINT32_MAX) << 32 | input_below(UINT32_MAX)), seconds;
    int east = 60 * ((int)input_below(2879) - 1439);
    char format[128] = "", expected[512], printed[TIME_PRINT_MOST * sizeof(format)];
    struct time_defaults defaults = {0};
    struct instant instant = {0};
    size_t length, count;
    time_t local;
    struct tm tm;

    seconds = ns / SECOND - (ns % SECOND < 0);
    local = seconds + east;
    gmtime_r(&local, &tm);
    tm.tm_gmtoff = east;
    for (unsigned i = 1 + input_below(8); i > 0; i--) {
        strcat(format, INPUT_PICK(formats));
    }
    shown = format;
    count = strftime(expected, sizeof(expected), format, &tm);
    length = time_print(printed, format, ns, east);
    if (length > TIME_PRINT_MOST * strlen(format) || length != count ||
        memcmp(printed, expected, length) != 0) {
        fail("printed otherwise than by strftime");
    }
    shown = INPUT_PICK(whole);
    length = time_print(printed, shown, ns, east);
    if (read_exact(shown, printed, length, &defaults, &instant) != TIME_READ_OK ||
        instant.seconds != seconds || instant.nanoseconds != 0) {
        fail("a printed time is another one, or none");
    }
    length = time_print_rfc3339(printed, ns, east);
    if (read_exact(NULL, printed, length, &defaults, &instant) != TIME_READ_OK ||
        instant.seconds != seconds || instant.nanoseconds != (ns % SECOND + SECOND) % SECOND) {
        fail("a time in RFC 3339 is another one, or none");
    }
    shown = "%s.%9f";
    length = time_print(printed, shown, ns, east);
    if (read_exact("%s.%f", printed, length, &defaults, &instant) != TIME_READ_OK ||
        instant.seconds != seconds || instant.nanoseconds != (ns % SECOND + SECOND) % SECOND) {
        fail("seconds with a fraction are others, or none");
    }
}

/* ---- any bytes ---- */

/* A text, or a format, a NUL and a text. */
static void check_any(const char *bytes, size_t length)
{
    struct time_defaults defaults = {.now = now};
    struct instant instant, again;
    char printed[TIME_PRINT_MOST * MOST_BYTES], *format = strndup(bytes, length);
    size_t before = strlen(format);
    const char *unknown = format;
    int64_t ns;

    shown = format;
    if (before < length) {
        bool good = time_check_format(format, &unknown);

        if (read_exact(format, bytes + before + 1, length - before - 1, &defaults, &instant) ==
                TIME_READ_OK &&
            !good) {
            fail("a format that means nothing was read");
        }
        if (time_check_print_format(format, &unknown)) {
            time_print(printed, format, (int64_t)length * INT64_C(-1234567890123), 3600);
        } else if (*unknown != '%' || unknown < format || unknown >= format + before) {
            fail("what is unknown in the format is not in it");
        }
    } else if (read_exact(NULL, bytes, length, &defaults, &instant) == TIME_READ_OK) {
        if (!instant_is_valid(&instant) || instant.nanoseconds < 0 || instant.nanoseconds >= SECOND) {
            fail("a time that is none");
        }
        if (instant_nanoseconds(&instant, &ns)) {
            size_t size = time_print_rfc3339(printed, ns, -3600);

            if (read_exact(NULL, printed, size, &defaults, &again) != TIME_READ_OK ||
                again.seconds != instant.seconds || again.nanoseconds != instant.nanoseconds) {
                fail("printed again it is another time");
            }
        }
    }
    free(format);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const checks[])(void) = {check_notation, check_notation, check_number, check_printed};

    if (size == 0 || size > MOST_BYTES) {
        return 0;
    }
    if (data[0] >= 0x80) {
        check_any((const char *)data + 1, size - 1);
        return 0;
    }
    input_begin(data + 1, size - 1);
    checks[data[0] % 4]();
    return 0;
}
