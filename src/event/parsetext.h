/*
 * parsetext: parses IP addresses, networks and decimal numbers, and prints floats.
 *
 * Texts need not end with NUL. Nothing is allocated. Thread safe, and independent of the locale.
 */
#ifndef LURE_EVENT_PARSETEXT_H
#define LURE_EVENT_PARSETEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Size of the address that the text is: 4 or 16 bytes, in network order; 0: it is none. A port and a zone
 * behind it ("1.2.3.4:80", "[::1]:80", "fe80::1%eth0") and brackets around it are passed over. */
unsigned address_parse(const char *text, size_t length, uint8_t address[16]);

/* The same of an address or of a network, "10.0.0.0/8": then the address before the "/", as it stands. */
unsigned network_parse(const char *text, size_t length, uint8_t address[16]);

/* Decimal digits, up to 2^64-1; no sign, and no leading zero but in "0". */
bool digits_parse(const char *text, size_t length, uint64_t *number);

/* The same, leading zeros too. */
bool natural_parse(const char *text, size_t length, uint64_t *number);

/* A number in the syntax of JSON (and with leading zeros), times ten to the power of `scale`: up to 2^64-1,
 * without rounding on the way. `exact`: it must be an integer; else what is left of one is dropped. */
bool decimal_parse(const char *text, size_t length, int scale, bool exact, uint64_t *number);

/* Room for a float as text. */
#define FLOAT_TEXT 32

/* The shortest text that reads back as the same float, in the syntax of JSON; the float must be finite.
 * Returns the length. */
size_t float_text(double number, char text[FLOAT_TEXT]);

#endif
