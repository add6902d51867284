/*
 * parseformat: reads points in time by a format string, as strptime does, with English names.
 *
 * %Y %y %m %d %e %j %b %B %h %a %A %u %w %H %I %k %l %p %M %S %f %z %:z %Z %s %F %T %R %D %r %c %x %X %n %t
 * %%. White space in a format is any white space of the text, also none. After the two digits of %S, and
 * those of %s, there may be a fraction (".5", ",5"); %f are the digits of one. Weekdays are read and mean
 * nothing. What the format does not contain is that of 1970-01-01 00:00:00, or as the defaults say.
 *
 * Texts need not end with NUL. Nothing is allocated, nothing depends on the locale. Thread safe.
 */
#ifndef LURE_TIME_PARSEFORMAT_H
#define LURE_TIME_PARSEFORMAT_H

#include "time/moment.h"

enum time_read time_read_format(const char *format, const char *text, size_t length,
                                const struct time_defaults *defaults, struct instant *instant);

/* False: `*unknown` is a "%" in the format that means nothing. */
bool time_check_format(const char *format, const char **unknown);

#endif
