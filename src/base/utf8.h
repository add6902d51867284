/*
 * utf8: sanitizes every text that lure passes to a host, a log or a terminal.
 *
 * Hosts print the texts of a plugin and put them into JSON; Falco 0.39 to 0.43 with json_output terminates
 * on a byte that is not UTF-8. Readers of a log take each line for a message, and a terminal executes
 * control characters. So each text is converted to one of three forms first. Payloads of events are not
 * texts and are never changed.
 *
 *  - UTF8_TEXT is well-formed UTF-8 without NUL. An ill-formed sequence becomes U+FFFD, one for each maximal
 *    subpart, as the Unicode Standard recommends (3.9). Overlong forms, surrogates and what is above U+10FFFF
 *    are ill-formed. A NUL becomes the six characters \u0000.
 *  - UTF8_MESSAGE also has no control characters except tabs and line breaks, and none of utf8_hidden. They
 *    are escaped as \x1b, those beyond ASCII as \u{202e}. Each line break is followed by a tab, so that a
 *    line without a leading tab begins a new message; trailing line breaks are removed.
 *  - UTF8_LINE also has no line breaks and tabs: they are escaped as \n and \t.
 *
 * The conversions are idempotent. Nothing here throws; only utf8_copy allocates. Thread safe.
 */
#ifndef LURE_BASE_UTF8_H
#define LURE_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum utf8_form {
    UTF8_TEXT,    /* values that a host prints or compares */
    UTF8_MESSAGE, /* errors, and messages of the log */
    UTF8_LINE     /* names, and what a message quotes */
};

/* Characters beyond ASCII that a terminal obeys or does not show: C1, line and paragraph separators, which
 * some viewers take for line breaks, and Unicode's default ignorable code points: marks of direction,
 * joiners, fillers, tags. A text with them may read as another one. The first and the last of each range,
 * ascending; {0, 0} ends them. */
struct utf8_range {
    uint32_t first, last;
};

extern const struct utf8_range utf8_hidden[];

/* The length of the prefix that is already in the form; `length`: all of it. */
size_t utf8_clean(const char *text, size_t length, enum utf8_form form);

/*
 * Writes the text in the form to `to`, with a NUL behind it: as much of it as fits into `size` bytes (at
 * least 1), whole characters only. Returns the length of what was written; with NULL for `to`, of the whole.
 */
size_t utf8_write(char *to, size_t size, const char *text, size_t length, enum utf8_form form);

/* The text in the form, in memory that the caller frees. NULL: out of memory. */
char *utf8_copy(const char *text, size_t length, enum utf8_form form);

/* True for a valid name: not empty, and unchanged as UTF8_LINE. */
bool utf8_is_name(const char *text, size_t length);

/* Copies a short text of ASCII characters without NUL, which is valid in every form. False: it has other
 * characters. `to` has room for `length` bytes. */
bool utf8_copy_ascii(char *to, const char *from, size_t length);

#endif
