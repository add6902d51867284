/*
 * logfmt: `key=value key="value \"quoted\"" key`, as Go's package go-logfmt reads a line.
 *
 * A key, and a value without quotes, end at white space (all bytes up to the space); such a value has neither
 * `=` nor `"`. In quotes the escapes are those of JSON, and \'. Keys are UTF-8. Linear.
 *
 * Nothing is copied: keys and values lie in the text. Thread safe.
 */
#ifndef LURE_TEXT_LOGFMT_H
#define LURE_TEXT_LOGFMT_H

#include <stdbool.h>
#include <stddef.h>

struct logfmt {
    const char *at, *end; /* what is left */
};

struct logfmt_pair {
    const char *key, *value;
    size_t key_length, value_length;
    bool alone;   /* the key has no `=` */
    bool escaped; /* the value is to be unquoted */
};

enum logfmt_result { LOGFMT_PAIR, LOGFMT_END, LOGFMT_WRONG };

/* The next pair. LOGFMT_WRONG: `problem` says what is wrong at `at`. */
enum logfmt_result logfmt_next(struct logfmt *logfmt, struct logfmt_pair *pair, const char **problem);

#define LOGFMT_MOST_UNQUOTED(length) (3 * (length))

/* Writes an escaped value, in which bytes that are not UTF-8 become U+FFFD, to `to`, which has room for
 * LOGFMT_MOST_UNQUOTED bytes. False: it is no valid one. */
bool logfmt_unquote(const struct logfmt_pair *pair, char *to, size_t *length);

#endif
