/*
 * jsonscanner: a vectorized scanner that finds the end of a JSON value without parsing it.
 *
 * A string ends at its closing quote, a list or an object at its closing bracket; what is inside is not
 * checked: 64 bytes at a time become bit masks of quotes, backslashes and brackets. A backslash escapes the
 * byte behind it, in a string or not; a closing bracket of either kind closes.
 *
 * There is one kernel for each set of vector instructions. The best one that the processor has is chosen at
 * the first use, by any thread; all give the same results. Nothing outside the text is read, and nothing
 * recurses.
 */
#ifndef LURE_JSON_JSONSCANNER_H
#define LURE_JSON_JSONSCANNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Skips the white space that JSON has. */
static inline const char *json_skip_space(const char *at, const char *end)
{
    while (at < end && (unsigned char)*at <= ' ' &&
           (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) {
        at++;
    }
    return at;
}

/* Where the first token of a text is: behind a byte order mark, if there is one, and white space. */
static inline const char *json_begin(const char *at, const char *end)
{
    if (end - at >= 3 && at[0] == '\xEF' && at[1] == '\xBB' && at[2] == '\xBF') {
        at += 3;
    }
    return json_skip_space(at, end);
}

/* True where a number, or one of the words true, false and null, cannot go on. */
static inline bool json_ends_word(const char *at, const char *end)
{
    return at == end || *at == ',' || *at == '}' || *at == ']' || *at == ' ' || *at == '\n' || *at == '\r' ||
           *at == '\t' || *at == '\0';
}

/* json_string_end for strings that are long or have escapes. */
const char *json_long_string_end(const char *at, const char *end, bool *escaped);

/*
 * The closing quote of the string whose inside begins at `at`, or NULL where there is none. `*escaped`
 * says whether a backslash is inside. Control characters, which JSON forbids, are not searched.
 */
static inline const char *json_string_end(const char *at, const char *end, bool *escaped)
{
#if defined(__SSE2__)
    for (; end - at >= 16; at += 16) { /* up to the first backslash */
        const __m128i bytes = _mm_loadu_si128((const __m128i *)at);
        unsigned quotes = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
        unsigned slashes = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));

        if (quotes != 0 && (slashes & (quotes ^ (quotes - 1))) == 0) {
            *escaped = false;
            return at + __builtin_ctz(quotes);
        }
        if (slashes != 0) {
            break;
        }
    }
#endif
    return json_long_string_end(at, end, escaped);
}

/* json_plain_string_end for strings that are not short plain ASCII, from a place on up to which all is. */
const char *json_odd_string_end(const char *at, const char *end, bool *is_plain);

/* The same; `*is_plain` says that its bytes are the text that it stands for, and hosts may have: neither a
 * backslash nor a control character is inside, and all of it is UTF-8. */
static inline const char *json_plain_string_end(const char *at, const char *end, bool *is_plain)
{
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(' ');

    for (; end - at >= 16; at += 16) {
        const __m128i bytes = _mm_loadu_si128((const __m128i *)at);
        const __m128i slashes = _mm_cmpeq_epi8(bytes, slash);
        const __m128i others = _mm_cmplt_epi8(bytes, space); /* controls, and, below 0, what is not ASCII */
        unsigned quotes = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, quote));
        unsigned odd = (unsigned)_mm_movemask_epi8(_mm_or_si128(slashes, others));

        if (quotes != 0 && (odd & (quotes ^ (quotes - 1))) == 0) {
            *is_plain = true;
            return at + __builtin_ctz(quotes);
        }
        if (odd != 0) {
            break;
        }
    }
#endif
    return json_odd_string_end(at, end, is_plain);
}

/* Behind the closing bracket of the list or object whose opening one is at `at`; NULL: it has no end. */
const char *json_container_end(const char *at, const char *end);

/* The same from a place inside of it, between two of its elements; `depth` such containers end there. */
const char *json_container_rest(const char *at, const char *end, size_t depth);

/* Behind the number or word at `at`. NULL: nothing is there. */
const char *json_skip_word(const char *at, const char *end);

/* Behind the value that begins at `at`; NULL: it has no end, or is none. */
static inline const char *json_skip_value(const char *at, const char *end)
{
    bool escaped;

    if (at == end) {
        return NULL;
    }
    if (*at == '"') {
        at = json_string_end(at + 1, end, &escaped);
        return at != NULL ? at + 1 : NULL;
    }
    return *at == '{' || *at == '[' ? json_container_end(at, end) : json_skip_word(at, end);
}

#define JSON_MOST_KERNELS 3

/* The names of the kernels that this processor can run, the best first; returns how many. For tests. */
size_t json_kernels(const char *names[JSON_MOST_KERNELS]);

/* Uses this kernel from now on, in all threads; for tests. False: this processor has none of that name. */
bool json_use_kernel(const char *name);

#endif
