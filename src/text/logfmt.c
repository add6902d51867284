#include "text/logfmt.h"

#include "base/utf8.h"

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static const char replacement[] = "\xEF\xBF\xBD";

static bool is_space(char letter)
{
    return (unsigned char)letter <= ' ';
}

/* Up to white space, `=` or `"`. */
static const char *find_end(const char *at, const char *end)
{
#if defined(__SSE2__)
    for (; end - at >= 16; at += 16) {
        const __m128i bytes = _mm_loadu_si128((const __m128i *)at), space = _mm_set1_epi8(' ');
        const __m128i spaces = _mm_cmpeq_epi8(_mm_max_epu8(bytes, space), space),
                      signs = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('=')),
                      quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
        const unsigned found = (unsigned)_mm_movemask_epi8(_mm_or_si128(spaces, _mm_or_si128(signs, quotes)));

        if (found != 0) {
            return at + __builtin_ctz(found);
        }
    }
#endif
    while (at < end && !is_space(*at) && *at != '=' && *at != '"') {
        at++;
    }
    return at;
}

static bool is_valid_key(const char *key, size_t length)
{
    unsigned char bits = 0;

    for (size_t i = 0; i < length; i++) {
        bits |= (unsigned char)key[i];
    }
    if (bits < 0x80) {
        return true;
    }
    return utf8_clean(key, length, UTF8_TEXT) == length && memmem(key, length, replacement, 3) == NULL;
}

/* Up to a quote, a backslash or a line's end. */
static const char *find_quoted_end(const char *at, const char *end)
{
#if defined(__SSE2__)
    for (; end - at >= 16; at += 16) {
        const __m128i bytes = _mm_loadu_si128((const __m128i *)at);
        const __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                      slashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')),
                      breaks = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n'));
        const unsigned found =
            (unsigned)_mm_movemask_epi8(_mm_or_si128(quotes, _mm_or_si128(slashes, breaks)));

        if (found != 0) {
            return at + __builtin_ctz(found);
        }
    }
#endif
    while (at < end && *at != '"' && *at != '\\' && *at != '\n') {
        at++;
    }
    return at;
}

static enum logfmt_result read_quoted(struct logfmt *logfmt, struct logfmt_pair *pair, const char **problem)
{
    const char *at = logfmt->at + 1;

    pair->value = at;
    for (at = find_quoted_end(at, logfmt->end); at < logfmt->end && *at == '\\' && logfmt->end - at > 1;
         at = find_quoted_end(at + 2, logfmt->end)) {
        pair->escaped = true;
    }
    if (at >= logfmt->end || *at != '"') {
        *problem = "a quoted value has no end";
        return LOGFMT_WRONG;
    }
    pair->value_length = (size_t)(at - pair->value);
    logfmt->at = at + 1;
    return LOGFMT_PAIR;
}

enum logfmt_result logfmt_next(struct logfmt *logfmt, struct logfmt_pair *pair, const char **problem)
{
    const char *at = logfmt->at, *const end = logfmt->end;

    while (at < end && is_space(*at)) {
        at++;
    }
    logfmt->at = at;
    if (at == end) {
        return LOGFMT_END;
    }
    *pair = (struct logfmt_pair){.key = at, .value = at};
    logfmt->at = find_end(at, end);
    pair->key_length = (size_t)(logfmt->at - at);
    if (pair->key_length == 0 || (logfmt->at < end && *logfmt->at == '"')) {
        *problem = *logfmt->at == '=' ? "expected a key before \"=\"" : "a quote in a key";
        return LOGFMT_WRONG;
    }
    if (!is_valid_key(pair->key, pair->key_length)) {
        logfmt->at = pair->key;
        *problem = "a key that is not UTF-8";
        return LOGFMT_WRONG;
    }
    pair->alone = logfmt->at == end || *logfmt->at != '=';
    if (pair->alone) {
        return LOGFMT_PAIR;
    }
    logfmt->at++;
    if (logfmt->at < end && *logfmt->at == '"') {
        return read_quoted(logfmt, pair, problem);
    }
    pair->value = logfmt->at;
    logfmt->at = find_end(logfmt->at, end);
    pair->value_length = (size_t)(logfmt->at - pair->value);
    if (logfmt->at < end && !is_space(*logfmt->at)) {
        *problem = "\"=\" or a quote in a value without quotes";
        return LOGFMT_WRONG;
    }
    return LOGFMT_PAIR;
}

/* ---- unquoting ---- */

/* The number of \uXXXX at `at`; -1: there is none. */
static int read_hex(const char *at, const char *end)
{
    int number = 0;

    if (end - at < 6 || at[0] != '\\' || at[1] != 'u') {
        return -1;
    }
    for (int i = 2; i < 6; i++) {
        const char *digits = "0123456789abcdef",
                   *digit = memchr(digits, at[i] | (at[i] > '9' ? 0x20 : 0), 16);

        if (digit == NULL) {
            return -1;
        }
        number = 16 * number + (int)(digit - digits);
    }
    return number;
}

static char *put_character(char *to, int number)
{
    if (number < 0x80) {
        *to++ = (char)number;
        return to;
    }
    if (number < 0x800) {
        *to++ = (char)(0xC0 | number >> 6);
    } else {
        if (number < 0x10000) {
            *to++ = (char)(0xE0 | number >> 12);
        } else {
            *to++ = (char)(0xF0 | number >> 18);
            *to++ = (char)(0x80 | (number >> 12 & 0x3F));
        }
        *to++ = (char)(0x80 | (number >> 6 & 0x3F));
    }
    *to++ = (char)(0x80 | (number & 0x3F));
    return to;
}

/* An escape at *at; NULL: there is no such one. */
static char *unescape(char *to, const char **at, const char *end)
{
    static const char names[] = "\"\\/'bfnrt", letters[] = "\"\\/'\b\f\n\r\t";
    const char *name = end - *at > 1 ? memchr(names, (*at)[1], sizeof(names) - 1) : NULL;
    int first = read_hex(*at, end), second;

    if (name != NULL) {
        *at += 2;
        *to++ = letters[name - names];
        return to;
    }
    if (first < 0) {
        return NULL;
    }
    *at += 6;
    second = read_hex(*at, end);
    if (first >= 0xD800 && first < 0xDC00 && second >= 0xDC00 && second < 0xE000) {
        *at += 6;
        return put_character(to, 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00));
    }
    return put_character(to, first >= 0xD800 && first < 0xE000 ? 0xFFFD : first);
}

bool logfmt_unquote(const struct logfmt_pair *pair, char *to, size_t *length)
{
    const char *at = pair->value, *const end = at + pair->value_length;
    const char *clean = at;     /* up to there it is UTF-8 */
    const char *backslash = at; /* the next one, or `end` */
    char *const begin = to;

    while (at < end) {
        if (*at == '\\') {
            to = unescape(to, &at, end);
            if (to == NULL) {
                return false;
            }
            clean = at > clean ? at : clean;
        } else if ((unsigned char)*at < ' ') {
            return false;
        } else {
            if (at >= clean) {
                if (at >= backslash) {
                    backslash = memchr(at, '\\', (size_t)(end - at));
                    backslash = backslash != NULL ? backslash : end;
                }
                clean = at + utf8_clean(at, (size_t)(backslash - at), UTF8_TEXT);
            }
            if (at < clean) {
                *to++ = *at;
            } else {
                memcpy(to, replacement, 3);
                to += 3;
            }
            at++;
        }
    }
    *length = (size_t)(to - begin);
    return true;
}
