/*
 * pipeheader: the header that CEF and LEEF have in common: a mark such as "CEF:", perhaps behind a header of
 * syslog, and values that end at a pipe. `\|` and `\\` stand for the pipe and the backslash.
 *
 * Nothing is allocated but by the writer.
 */
#ifndef LURE_FORMAT_PIPEHEADER_H
#define LURE_FORMAT_PIPEHEADER_H

#include "format/jsonwriter.h"

#include <stdbool.h>
#include <stddef.h>

/* Behind the mark: at the payload's begin, or the first one behind a space. NULL: there is none. */
const char *pipeheader_find(const char *at, const char *end, const char *mark);

/* The pipe where the value at `at` ends; NULL: there is none. */
const char *pipeheader_end(const char *at, const char *end);

/* Writes a member whose text is what stands there, without the backslashes before the pipe and the backslash.
 */
void pipeheader_write(struct json_writer *writer, const char *key, const char *from, const char *to);

/* Writes a member for each of the keys, which a NULL ends, as far as their values have ends. Returns the
 * place behind the last; NULL: a value has no end, and was left out. */
const char *pipeheader_write_all(struct json_writer *writer, const char *const *keys, const char *at,
                                 const char *end);

/* The end of the line without what ends it: line breaks and NULs. */
const char *pipeheader_line_end(const char *at, const char *end);

#endif
