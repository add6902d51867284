/*
 * text: helpers for NUL-terminated strings in malloc'ed memory: format, copy, compare, and find the nearest
 * of a list of words ("did you mean").
 *
 * For error messages and for configuration that is read once. Functions that allocate return NULL when
 * memory is out; callers that must report something nevertheless use TEXT_NO_MEMORY. Thread safe.
 */
#ifndef LURE_BASE_TEXT_H
#define LURE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define TEXT_NO_MEMORY "out of memory"

/* The last error of a plugin state that is NULL. */
#define TEXT_NO_STATE "there is no plugin state: out of memory, or the host passes none"

/* True if the text contains a NUL, and so cannot be a NUL-terminated string. */
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

/* True if `word` is one of `words`, which ends with NULL. */
bool text_is_among(const char *word, const char *const *words);

/* The most similar of `words` (ended by NULL), for "did you mean"; NULL if none is near. */
const char *text_nearest(const char *word, const char *const *words);

#endif
