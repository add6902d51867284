/*
 * printformat: prints points in time by a format string, as strftime does in the locale "C".
 *
 * %Y %C %y %m %d %e %j %b %B %h %a %A %u %w %G %g %V %U %W %H %I %k %l %p %P %M %S %f %z %:z %Z %s %F %T %R
 * %D %r %c %x %X %n %t %%. %f are the nine digits of the fraction; %1f to %9f the first so many. %Z is "UTC",
 * or as
 * %:z: "+01:00".
 *
 * Nothing is allocated. Thread safe.
 */
#ifndef LURE_TIME_PRINTFORMAT_H
#define LURE_TIME_PRINTFORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest that one byte of a format becomes. */
#define TIME_PRINT_MOST 12

/* Room for an RFC 3339 time. */
#define TIME_PRINT_RFC3339 40

/* Prints a time in ns since 1970, `east` seconds (less than a day) ahead of UTC, without a NUL behind it. The
 * result has at most TIME_PRINT_MOST bytes for each of the format. */
size_t time_print(char *to, const char *format, int64_t ns, int east);

/* The same as "2026-11-23T10:00:00.5Z", with 0, 3, 6 or 9 digits of a fraction. */
size_t time_print_rfc3339(char to[TIME_PRINT_RFC3339], int64_t ns, int east);

/* False: `*unknown` is a "%" in the format that means nothing. */
bool time_check_print_format(const char *format, const char **unknown);

#endif
