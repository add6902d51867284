/*
 * notations: reads points in time in the notations that logs have, known by their looks.
 *
 * Texts need not end with NUL. Nothing is allocated. Thread safe.
 */
#ifndef LURE_TIME_NOTATIONS_H
#define LURE_TIME_NOTATIONS_H

#include "time/moment.h"

/* An RFC 3339 time such as "2026-11-23T10:00:00.5+01:00"; also with a space before the time or the zone, a
 * comma before the fraction, "+0100", "+01", "UTC", and without a zone. */
enum time_read time_read_rfc3339(const char *text, size_t length, const struct time_defaults *defaults,
                                 struct instant *instant);

/*
 * One of:
 *
 *   2026-11-23T10:00:00.5+01:00          as above; also 2026/11/23
 *   Mon, 23 Nov 2026 10:00:00 +0100      RFC 2822 and its older forms, HTTP; also 23-Nov-2026
 *   23/Nov/2026:10:00:00 +0100           Apache, also in brackets
 *   Nov 23 10:00:00                      syslog; with a year before or behind the time, a weekday in front:
 * ctime 1763888400, 1763888400.5             since 1970: seconds below 10^11, milliseconds below 10^14,
 *   1763888400000                        microseconds below 10^17, else nanoseconds; with "-", before it
 *
 * White space around it is ignored. Zones of RFC 2822 (EST, PDT, ...) have the offsets that it gives them.
 */
enum time_read time_read_any(const char *text, size_t length, const struct time_defaults *defaults,
                             struct instant *instant);

/* A number since 1970, as above: `whole`, and billionths of its unit. */
void time_from_number(uint64_t whole, unsigned billionths, bool is_negative, struct instant *instant);

#endif
