/*
 * text: texts in malloc'ed memory, for errors and for what is read once.
 *
 * Every function answers NULL when memory is out; callers that must say something all
 * the same fall back on TEXT_NO_MEMORY.
 */
#ifndef LURE_BASE_TEXT_H
#define LURE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define TEXT_NO_MEMORY "out of memory"

/* True if the text, of so many bytes, cannot stand where a NUL ends texts. */
static inline bool text_has_nul(const char *text, size_t length)
{
    return memchr(text, '\0', length) != NULL;
}

/* As asprintf. The caller frees it. */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A copy, or NULL for NULL. The caller frees it. */
char *text_copy(const char *text);

/* True if both are the same, or both NULL. */
bool text_same(const char *a, const char *b);

/* True if `word` is one of `words`, which NULL ends. */
bool text_is_among(const char *word, const char *const *words);

/* The one of `words` (ended by NULL) that `word` is most likely a slip of; NULL if none is near. */
const char *text_nearest(const char *word, const char *const *words);

#endif
