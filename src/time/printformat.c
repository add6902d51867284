#include "time/printformat.h"

#include "time/calendar.h"
#include "time/formats.h"

#include <string.h>

#define CONVERSIONS "YCymdejbhBaAuwGgVUWHIklpPMSsfzZFTRDrcxXnt%"

#define NANOSECONDS_OF_SECOND 1000000000

/* The time that is printed, and where to. */
struct printing {
    char *to;
    struct calendar_date date;
    int hour, minute, second, ns;
    int64_t epoch;
    int east;
    bool is_back; /* the next fraction belongs to seconds that count back from 1970 */
};

static struct printing begin_printing(char *to, int64_t ns, int east)
{
    struct printing printing = {.to = to, .east = east};
    int64_t seconds = ns / NANOSECONDS_OF_SECOND, local, days;
    int of_day;

    printing.ns = (int)(ns % NANOSECONDS_OF_SECOND);
    if (printing.ns < 0) {
        printing.ns += NANOSECONDS_OF_SECOND;
        seconds--;
    }
    printing.epoch = seconds;
    local = seconds + east;
    days = local / SECONDS_OF_DAY;
    of_day = (int)(local % SECONDS_OF_DAY);
    if (of_day < 0) {
        of_day += SECONDS_OF_DAY;
        days--;
    }
    printing.date = calendar_date(days);
    printing.hour = of_day / 3600;
    printing.minute = of_day / 60 % 60;
    printing.second = of_day % 60;
    return printing;
}

/* A number in so many digits at least, with `fill` in front. */
static void put_number(struct printing *printing, int64_t number, int digits, char fill)
{
    char reversed[24];
    int count = 0;

    do {
        reversed[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    for (; digits > count; digits--) {
        *printing->to++ = fill;
    }
    while (count > 0) {
        *printing->to++ = reversed[--count];
    }
}

static void put_text(struct printing *printing, const char *text, size_t length)
{
    memcpy(printing->to, text, length);
    printing->to += length;
}

/* "+0100", or with a separator "+01:00" */
static void put_zone(struct printing *printing, bool has_colon)
{
    int east = printing->east < 0 ? -printing->east : printing->east;

    *printing->to++ = (char)(printing->east < 0 ? '-' : '+');
    put_number(printing, east / 3600, 2, '0');
    if (has_colon) {
        *printing->to++ = ':';
    }
    put_number(printing, east / 60 % 60, 2, '0');
}

/* The first digits of the fraction. */
static void put_fraction(struct printing *printing, int digits)
{
    int fraction = printing->is_back ? NANOSECONDS_OF_SECOND - printing->ns : printing->ns;

    printing->is_back = false;
    for (int i = digits; i < 9; i++) {
        fraction /= 10;
    }
    put_number(printing, fraction, digits, '0');
}

/* True if a format goes on with a fraction: ".%f", ",%3f". */
static bool begins_with_fraction(const char *format)
{
    if ((*format != '.' && *format != ',') || format[1] != '%') {
        return false;
    }
    format += format[2] >= '1' && format[2] <= '9' ? 3 : 2;
    return *format == 'f';
}

/* Half a second before 1970 is "-1", the second in which it is, but with a fraction "-0.5". `rest`: of the
 * format. */
static void put_epoch(struct printing *printing, const char *rest)
{
    printing->is_back = printing->epoch < 0 && printing->ns > 0 && begins_with_fraction(rest);
    if (printing->epoch < 0) {
        *printing->to++ = '-';
    }
    put_number(printing, (printing->epoch < 0 ? -printing->epoch : printing->epoch) - printing->is_back, 1,
               '0');
}

/* The number of the week, 0 before the first one; weeks begin on Sunday (0) or Monday (1). */
static int week_of(const struct calendar_date *date, int begin)
{
    int since = (date->weekday + 7 - begin) % 7; /* days of this week before the date */

    return (date->day_of_year + 6 - since) / 7;
}

/* The week of ISO 8601, and its year: those of its Thursday. */
static int iso_week(const struct calendar_date *date, int *year)
{
    int since_monday = (date->weekday + 6) % 7;
    struct calendar_date thursday =
        calendar_date(calendar_days(date->year, date->month, date->day) - since_monday + 3);

    *year = thursday.year;
    return (thursday.day_of_year - 1) / 7 + 1;
}

static int half_hour(const struct printing *printing)
{
    return printing->hour % 12 == 0 ? 12 : printing->hour % 12;
}

static void print_format(struct printing *printing, const char *format);

/* The names of months and weekdays. */
static void print_name(struct printing *printing, char letter)
{
    bool is_month = letter == 'b' || letter == 'h' || letter == 'B';
    const char *name =
        is_month ? calendar_months[printing->date.month - 1] : calendar_weekdays[printing->date.weekday];

    put_text(printing, name, letter == 'A' || letter == 'B' ? strlen(name) : 3);
}

/* The numbers of weekdays and weeks. */
static void print_week(struct printing *printing, char letter)
{
    const struct calendar_date *date = &printing->date;
    int year, week = iso_week(date, &year);

    switch (letter) {
    case 'u':
    case 'w':
        put_number(printing, letter == 'u' && date->weekday == 0 ? 7 : date->weekday, 1, '0');
        break;
    case 'U':
    case 'W':
        put_number(printing, week_of(date, letter == 'W'), 2, '0');
        break;
    case 'G':
        put_number(printing, year, 4, '0');
        break;
    default: /* g, V */
        put_number(printing, letter == 'V' ? week : year % 100, 2, '0');
    }
}

/* The numbers of a date, or one of the above. */
static void print_date_part(struct printing *printing, char letter)
{
    const struct calendar_date *date = &printing->date;

    switch (letter) {
    case 'Y':
        put_number(printing, date->year, 4, '0');
        break;
    case 'C':
        put_number(printing, date->year / 100, 2, '0');
        break;
    case 'y':
        put_number(printing, date->year % 100, 2, '0');
        break;
    case 'm':
        put_number(printing, date->month, 2, '0');
        break;
    case 'd':
    case 'e':
        put_number(printing, date->day, 2, letter == 'd' ? '0' : ' ');
        break;
    case 'j':
        put_number(printing, date->day_of_year, 3, '0');
        break;
    default:
        if (strchr("bhBaA", letter) != NULL) {
            print_name(printing, letter);
        } else {
            print_week(printing, letter);
        }
    }
}

/* The other conversions. */
static void print_conversion(struct printing *printing, char letter)
{
    switch (letter) {
    case 'H':
    case 'k':
        put_number(printing, printing->hour, 2, letter == 'H' ? '0' : ' ');
        break;
    case 'I':
    case 'l':
        put_number(printing, half_hour(printing), 2, letter == 'I' ? '0' : ' ');
        break;
    case 'p':
        put_text(printing, printing->hour < 12 ? "AM" : "PM", 2);
        break;
    case 'P':
        put_text(printing, printing->hour < 12 ? "am" : "pm", 2);
        break;
    case 'M':
        put_number(printing, printing->minute, 2, '0');
        break;
    case 'S':
        put_number(printing, printing->second, 2, '0');
        break;
    case 'f':
        put_fraction(printing, 9);
        break;
    case 'z':
        put_zone(printing, false);
        break;
    case 'Z':
        if (printing->east == 0) {
            put_text(printing, "UTC", 3);
        } else {
            put_zone(printing, true);
        }
        break;
    case 'n':
    case 't':
    case '%':
        *printing->to++ = (char)(letter == 'n' ? '\n' : letter == 't' ? '\t' : '%');
        break;
    default:
        if (format_of(letter) != NULL) {
            print_format(printing, format_of(letter));
        } else {
            print_date_part(printing, letter);
        }
    }
}

static void print_format(struct printing *printing, const char *format)
{
    for (; *format != '\0'; format++) {
        if (*format != '%' || format[1] == '\0') {
            *printing->to++ = *format;
        } else if (format[1] == ':') {
            put_zone(printing, true);
            format += 2;
        } else if (format[1] >= '1' && format[1] <= '9') {
            put_fraction(printing, format[1] - '0');
            format += 2;
        } else if (*++format == 's') {
            put_epoch(printing, format + 1);
        } else {
            print_conversion(printing, *format);
        }
    }
}

size_t time_print(char *to, const char *format, int64_t ns, int east)
{
    struct printing printing = begin_printing(to, ns, east);

    print_format(&printing, format);
    return (size_t)(printing.to - to);
}

size_t time_print_rfc3339(char to[TIME_PRINT_RFC3339], int64_t ns, int east)
{
    struct printing printing = begin_printing(to, ns, east);

    print_format(&printing, "%Y-%m-%dT%H:%M:%S");
    if (printing.ns > 0) {
        *printing.to++ = '.';
        put_fraction(&printing, printing.ns % 1000000 == 0 ? 3 : printing.ns % 1000 == 0 ? 6 : 9);
    }
    if (east == 0) {
        *printing.to++ = 'Z';
    } else {
        put_zone(&printing, true);
    }
    return (size_t)(printing.to - to);
}

bool time_check_print_format(const char *format, const char **unknown)
{
    for (const char *at = strchr(format, '%'); at != NULL; at = strchr(at + 2, '%')) {
        bool is_zone = at[1] == ':' && at[2] == 'z', is_digits = at[1] >= '1' && at[1] <= '9' && at[2] == 'f';

        if (at[1] == '\0' || (!is_zone && !is_digits && strchr(CONVERSIONS, at[1]) == NULL)) {
            *unknown = at;
            return false;
        }
    }
    return true;
}
