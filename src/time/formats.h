/*
 * formats: conversions of time formats that stand for several others, as in the locale "C".
 *
 * Thread safe.
 */
#ifndef LURE_TIME_FORMATS_H
#define LURE_TIME_FORMATS_H

/* What a conversion such as 'F' stands for ("%Y-%m-%d"), in conversions that stand for none; NULL: it does
 * not. */
const char *format_of(char letter);

#endif
