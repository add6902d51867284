/*
 * jsonscalars: decodes strings and numbers of JSON (RFC 8259): escapes, and the grammar of numbers.
 *
 * Shared by every reader of JSON in lure, so that all agree. Texts need not end with a NUL. Nothing is
 * allocated; any thread may call it.
 */
#ifndef LURE_JSON_JSONSCALARS_H
#define LURE_JSON_JSONSCALARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Writes the inside of a string without its escapes to `to`, which has room for as many bytes. A \u
 * escape that is no character becomes U+FFFD. Returns the end of what was written; NULL: an unknown
 * escape, or a control character, stands at `*fault`.
 */
char *json_unescape(char *to, const char *from, const char *end, const char **fault);

/* The first backslash or control character in the inside of a string, or `end`. */
const char *json_plain_end(const char *at, const char *end);

/* True if the inside of a string stands for `text`. */
bool json_string_equals(const char *from, const char *end, const char *text, size_t length);

/* Length of the number at `at`, 0 if there is none. `*integer`: without fraction and exponent. */
size_t json_number_length(const char *at, const char *end, bool *integer);

#endif
