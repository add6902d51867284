/*
 * glob: patterns of the shell for whole texts: `*` is any bytes, `?` one, `[a-z]` one of a set, `[!a-z]` one
 * that is not in it. As Python's fnmatch: there is no escape but a set, `[*]`, and a `[` without its end is
 * a byte as any other.
 *
 * The time is at most the product of both lengths, and is spent in slices.
 */
#ifndef LURE_TEXT_GLOB_H
#define LURE_TEXT_GLOB_H

#include <stddef.h>

struct glob {
    const char *pattern, *pattern_end, *text, *text_end;
    const char *star, *retry; /* behind the last `*`, and how far it reaches; NULL: there was none */
};

enum glob_result { GLOB_NO, GLOB_YES, GLOB_MORE };

void glob_begin(struct glob *glob, const char *pattern, size_t pattern_length, const char *text,
                size_t length);

/* Goes on for about so many bytes. */
enum glob_result glob_match(struct glob *glob, size_t bytes);

#endif
