/*
 * utf8: sanitizes every text that leaves lure.
 *
 * Hosts print the texts of a plugin and put them into JSON; Falco 0.39 to 0.43 with json_output end on a byte
 * that is not UTF-8. Readers of a log take each line for a message, and a terminal obeys control characters.
 * So a text is brought into one of three forms before a host, a log or a terminal gets it. Payloads of events
 * are not texts: they stay as they are.
 *
 *  - UTF8_TEXT is well-formed UTF-8 without NUL. An ill-formed sequence becomes U+FFFD, one for each maximal
 *    subpart, as the Unicode Standard recommends (3.9). Overlong forms, surrogates and what is above U+10FFFF
 *    are ill-formed. A NUL becomes the six characters \u0000.
 *  - UTF8_MESSAGE has no control characters either, C1 included, but tabs and line breaks: they are shown as
 *    \x1b, and U+2028 and U+2029, which some viewers take for line breaks, as \u2028. A line break is
 * followed by a tab, so that a line that begins otherwise is a message of its own; those at the end are
 * dropped.
 *  - UTF8_LINE has no line breaks and tabs either: they are shown as \n and \t.
 *
 * To bring a text into a form that it is in changes nothing. Nothing here throws; only utf8_copy allocates.
 * All functions are safe in any thread.
 */
#ifndef LURE_BASE_UTF8_H
#define LURE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

enum utf8_form {
    UTF8_TEXT,    /* values that a host prints or compares */
    UTF8_MESSAGE, /* errors, and messages of the log */
    UTF8_LINE     /* names, and what a message quotes */
};

/* How many bytes from the first on are in the form already; `length`: all. */
size_t utf8_clean(const char *text, size_t length, enum utf8_form form);

/*
 * Writes the text in the form to `to`, with a NUL behind it: as much of it as fits into `size` bytes (at
 * least 1), whole characters only. Answers the length of what was written; with NULL for `to`, of the whole.
 */
size_t utf8_write(char *to, size_t size, const char *text, size_t length, enum utf8_form form);

/* The text in the form, in memory that the caller frees. NULL: out of memory. */
char *utf8_copy(const char *text, size_t length, enum utf8_form form);

/* True for a name: of UTF8_LINE as it stands, and not empty. */
bool utf8_is_name(const char *text, size_t length);

/* Copies a text that needs no care in any case: of ASCII characters without NUL. False: it has others. Made
 * for short texts; `to` has room for `length` bytes. */
bool utf8_copy_ascii(char *to, const char *from, size_t length);

#endif
