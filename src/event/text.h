/*
 * text: texts that stand for times and addresses.
 *
 * Texts need no NUL behind them. Nothing is allocated.
 */
#ifndef LURE_EVENT_TEXT_H
#define LURE_EVENT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Size of the address that the text is: 4 or 16 bytes, in network order; 0: it is none. */
unsigned address_parse(const char *text, size_t length, uint8_t address[16]);

/* Nanoseconds since the epoch of an RFC 3339 time from 1970 on, such as "2026-11-23T10:00:00.5+01:00". False:
 * it is none. Digits behind the ninth of a second's fraction are dropped. */
bool time_parse(const char *text, size_t length, uint64_t *ns);

/* Decimal digits, up to 2^64-1; no sign, and no leading zero but in "0". */
bool digits_parse(const char *text, size_t length, uint64_t *number);

#endif
