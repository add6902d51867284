/*
 * timeformat: parses points in time, in RFC 3339 and similar notations or by a format string.
 *
 * A format is that of strptime, with English names: %Y %y %m %d %e %j %b %B %h %a %A %H %I %p %M %S %f %z %Z
 * %s %F %T %D %R %n %t %%. White space in it matches any white space, also none. After the two digits of %S
 * there may be a fraction (".5", ",5"); %f are the digits of one. Parts that a format does not contain are
 * those of 1970-01-01 00:00:00; without a zone it is UTC. Nothing depends on the locale or the zone of the
 * process.
 *
 * Texts need not end with NUL. Nothing is allocated. Digits beyond nanoseconds are dropped. Thread safe.
 */
#ifndef LURE_EVENT_TIMEFORMAT_H
#define LURE_EVENT_TIMEFORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Nanoseconds since the epoch of an RFC 3339 time from 1970 on, such as "2026-11-23T10:00:00.5+01:00"; also
 * with a space before the time or the zone, a comma before the fraction, "+0100", "+01", "UTC", and without a
 * zone, which is UTC. False: it is none. */
bool time_parse(const char *text, size_t length, uint64_t *ns);

/* The same as `format` says. False: the text is not of the format, or before 1970. */
bool time_parse_format(const char *format, const char *text, size_t length, uint64_t *ns);

/* False: `*unknown` is a "%" in the format that means nothing. */
bool time_check_format(const char *format, const char **unknown);

#endif
