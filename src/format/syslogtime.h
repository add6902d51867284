/*
 * syslogtime: finds the time at the begin of a message of syslog; what it says is read by others (time/).
 *
 * Nothing is allocated; thread safe.
 */
#ifndef LURE_FORMAT_SYSLOGTIME_H
#define LURE_FORMAT_SYSLOGTIME_H

#include <stdbool.h>

/* True if a word begins as `2026-11-29T`. */
bool syslogtime_is_iso(const char *at, const char *end);

/* The end of the time at `at`: a word as in RFC 3339, or `Nov 29 15:17:31`, also with one digit of the day,
 * with a year behind the day, with a fraction. NULL: there is none. */
const char *syslogtime_end(const char *at, const char *end);

#endif
