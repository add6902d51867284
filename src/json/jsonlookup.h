/*
 * jsonlookup: finds a member of a JSON object or an element of a list in its text, without parsing the rest.
 *
 * A search begins at the opening bracket and skips the values before the one that is wanted (jsonscanner.h).
 * Where the text is broken it ends, and nothing is found. Nothing is allocated; any thread may call it.
 */
#ifndef LURE_JSON_JSONLOOKUP_H
#define LURE_JSON_JSONLOOKUP_H

#include "json/jsonscalars.h"
#include "json/jsonscanner.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The inside of a key's string. */
struct json_key {
    const char *begin, *close;
    bool escaped;
};

#if defined(__SSE2__)
/* Which of 32 bytes are the same: bit N is byte N. */
static inline uint64_t json_same_mask(const char *a, const char *b)
{
    const __m128i *x = (const __m128i *)a, *y = (const __m128i *)b;
    unsigned low = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(x), _mm_loadu_si128(y)));
    unsigned high =
        (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(x + 1), _mm_loadu_si128(y + 1)));

    return (uint64_t)high << 16 | low;
}

static inline bool json_same_sixteen(const char *a, const char *b)
{
    const __m128i x = _mm_loadu_si128((const __m128i *)a), y = _mm_loadu_si128((const __m128i *)b);

    return _mm_movemask_epi8(_mm_cmpeq_epi8(x, y)) == 0xFFFF;
}
#endif

/* memcmp(a, b, length) == 0, without a call: keys are short. */
static inline bool json_same_bytes(const char *a, const char *b, size_t length)
{
    uint64_t x, y;
    uint32_t v, w;

    if (length < sizeof(v)) {
        for (size_t i = 0; i < length; i++) {
            if (a[i] != b[i]) {
                return false;
            }
        }
        return true;
    }
    if (length < sizeof(x)) { /* the first four and the last four */
        memcpy(&v, a, sizeof(v));
        memcpy(&w, b, sizeof(w));
        x = v ^ w;
        memcpy(&v, a + length - sizeof(v), sizeof(v));
        memcpy(&w, b + length - sizeof(w), sizeof(w));
        return (x | (v ^ w)) == 0;
    }
#if defined(__SSE2__)
    if (length >= sizeof(__m128i)) {
        for (size_t i = 0; i + sizeof(__m128i) < length; i += sizeof(__m128i)) {
            if (!json_same_sixteen(a + i, b + i)) {
                return false;
            }
        }
        return json_same_sixteen(a + length - sizeof(__m128i), b + length - sizeof(__m128i));
    }
#endif
    for (size_t i = 0; i + sizeof(x) < length; i += sizeof(x)) {
        memcpy(&x, a + i, sizeof(x));
        memcpy(&y, b + i, sizeof(y));
        if (x != y) {
            return false;
        }
    }
    memcpy(&x, a + length - sizeof(x), sizeof(x));
    memcpy(&y, b + length - sizeof(y), sizeof(y));
    return x == y;
}

/* True if a key that was read stands for this text. */
static inline bool json_is_key(const struct json_key *found, const char *key, size_t length)
{
    if (found->escaped) {
        return json_string_equals(found->begin, found->close, key, length);
    }
    return (size_t)(found->close - found->begin) == length && json_same_bytes(found->begin, key, length);
}

/* Reads the key at `at`, which is inside the text. Returns the place of its value, or NULL. */
static inline const char *json_read_key(const char *at, const char *end, struct json_key *key)
{
    if (*at != '"') {
        return NULL;
    }
    key->begin = at + 1;
    key->close = json_string_end(key->begin, end, &key->escaped);
    at = key->close != NULL ? json_skip_space(key->close + 1, end) : end;
    if (at == end || *at != ':') {
        return NULL;
    }
    at = json_skip_space(at + 1, end);
    return at < end ? at : NULL;
}

/* From behind a value over the comma to the next element, or to the closing bracket; NULL: neither is there,
 * or `at` is NULL. */
static inline const char *json_next_element(const char *at, const char *end, char bracket)
{
    if (at == NULL) {
        return NULL;
    }
    at = json_skip_space(at, end);
    if (at < end && *at == ',') {
        at = json_skip_space(at + 1, end);
        return at < end && *at != bracket ? at : NULL;
    }
    return at < end && *at == bracket ? at : NULL;
}

/* The element behind the one at `at`. NULL: there is none. */
static inline const char *json_element_behind(const char *at, const char *end)
{
    at = json_next_element(json_skip_value(at, end), end, ']');
    return at != NULL && *at != ']' ? at : NULL;
}

/* The value of a key in the object that begins at `at`: of the first that is equal; `*found` is that. NULL:
 * there is none. */
const char *json_find_key(const char *at, const char *end, const char *key, size_t length,
                          struct json_key *found);

/* The first element of the list that begins at `at`. NULL: there is none. */
const char *json_first_element(const char *at, const char *end);

/* The element `count` places behind the one at `at`. NULL: there is none. */
const char *json_find_element(const char *at, const char *end, uint64_t count);

/* The value that a pointer's part names in the value at `at`. NULL: there is none. */
struct pointer_part;
const char *json_find_part(const char *at, const char *end, const struct pointer_part *part);

#endif
