#include "text/csv.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static bool is_break(char letter)
{
    return letter == '\n' || letter == '\r';
}

/* Goes past a line break, if there is one. */
static bool skip_break(struct csv *csv)
{
    if (csv->at == csv->end || !is_break(*csv->at)) {
        return false;
    }
    csv->at += csv->end - csv->at > 1 && csv->at[0] == '\r' && csv->at[1] == '\n' ? 2 : 1;
    csv->line++;
    return true;
}

bool csv_skip_empty(struct csv *csv)
{
    return skip_break(csv);
}

/* The separator or line break behind a value without quotes, or the end. */
static const char *find_end(const struct csv *csv)
{
    const char *at = csv->at, *const end = csv->end;

#if defined(__SSE2__)
    for (; end - at >= 16; at += 16) {
        const __m128i bytes = _mm_loadu_si128((const __m128i *)at);
        const __m128i separators = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(csv->separator)),
                      feeds = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')),
                      returns = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\r'));
        const unsigned found =
            (unsigned)_mm_movemask_epi8(_mm_or_si128(separators, _mm_or_si128(feeds, returns)));

        if (found != 0) {
            return at + __builtin_ctz(found);
        }
    }
#endif
    while (at < end && *at != csv->separator && !is_break(*at)) {
        at++;
    }
    return at;
}

/* Line breaks within quotes. */
static void count_lines(struct csv *csv, const char *at, const char *end)
{
    if (memchr(at, '\n', (size_t)(end - at)) == NULL && memchr(at, '\r', (size_t)(end - at)) == NULL) {
        return;
    }
    for (; at < end; at++) {
        csv->line += *at == '\n' || (*at == '\r' && (end - at == 1 || at[1] != '\n'));
    }
}

static const char *read_quoted(struct csv *csv, struct csv_value *value)
{
    value->quoted = true;
    value->text = ++csv->at;
    for (;;) {
        const char *quote = memchr(csv->at, '"', (size_t)(csv->end - csv->at));

        if (quote == NULL) {
            return "a quoted value has no end";
        }
        csv->at = quote + 1;
        if (csv->at == csv->end || *csv->at != '"') {
            value->length = (size_t)(quote - value->text);
            break;
        }
        value->doubled = true;
        csv->at++;
    }
    count_lines(csv, value->text, value->text + value->length);
    if (csv->at < csv->end && *csv->at != csv->separator && !is_break(*csv->at)) {
        return "expected a separator or the line's end behind a quoted value";
    }
    return NULL;
}

const char *csv_next(struct csv *csv, struct csv_value *value)
{
    const char *problem = NULL;

    *value = (struct csv_value){.text = csv->at};
    if (csv->at < csv->end && *csv->at == '"') {
        problem = read_quoted(csv, value);
    } else {
        csv->at = find_end(csv);
        value->length = (size_t)(csv->at - value->text);
    }
    if (problem == NULL && csv->at < csv->end && *csv->at == csv->separator) {
        csv->at++;
    } else {
        value->last = true;
        skip_break(csv);
    }
    return problem;
}

size_t csv_copy(const struct csv_value *value, char *to)
{
    const char *from = value->text, *end = from + value->length;
    char *begin = to;

    while (from < end) {
        const char *quote = value->doubled ? memchr(from, '"', (size_t)(end - from)) : NULL;
        const size_t size = (size_t)((quote != NULL ? quote + 1 : end) - from);

        memcpy(to, from, size);
        to += size;
        from += size + (quote != NULL);
    }
    return (size_t)(to - begin);
}
