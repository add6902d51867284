/*
 * json: the words of JSON (RFC 8259): strings and numbers, in a text that need not end with a NUL.
 *
 * What all that reads JSON here agrees on.
 */
#ifndef LURE_EVENT_JSON_H
#define LURE_EVENT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Over the white space that JSON has. */
const char *json_skip_space(const char *at, const char *end);

/*
 * The closing quote of the string whose inside begins at `at`, or NULL where there is none. `*escaped`
 * says whether a backslash is inside. Control characters, which JSON refuses, are not looked at.
 */
const char *json_string_end(const char *at, const char *end, bool *escaped);

/*
 * Writes the inside of a string without its escapes to `to`, which has room for as many bytes. A \u
 * escape that is no character becomes U+FFFD. Answers the end of what was written; NULL: an unknown
 * escape, or a control character, stands at `*fault`.
 */
char *json_unescape(char *to, const char *from, const char *end, const char **fault);

/* Length of the number at `at`, 0 if there is none. `*integer`: without fraction and exponent. */
size_t json_number_length(const char *at, const char *end, bool *integer);

#endif
