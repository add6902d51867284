#include "event/jsonvalue.h"

#include "event/json.h"
#include "event/jsonskip.h"
#include "event/text.h"
#include "event/value.h"

#include <string.h>

/* The text of the string at `at`, without escapes, in the pool. NULL: it is no string, or memory is out. */
static char *take_text(struct json_source *source, const char *at, size_t *length)
{
    const char *close, *fault;
    bool escaped;
    char *text, *end;

    if (*at != '"') {
        return NULL;
    }
    close = json_string_end(at + 1, source->end, &escaped);
    if (close == NULL) {
        return NULL;
    }
    text = pool_take(source->pool, (size_t)(close - at));
    source->no_memory = source->no_memory || text == NULL;
    end = text != NULL ? json_unescape(text, at + 1, close, &fault) : NULL;
    if (end == NULL) {
        return NULL;
    }
    *end = '\0';
    *length = (size_t)(end - text);
    return text;
}

/* A text in the pool, as hosts get it: the same, most often. NULL: memory is out. */
static const char *clean_text(struct json_source *source, const char *text, size_t length)
{
    if (utf8_clean(text, length, UTF8_TEXT) < length) {
        text = value_text(source->pool, text, length);
        source->no_memory = source->no_memory || text == NULL;
    }
    return text;
}

static bool is_space(char letter)
{
    return letter == ' ' || letter == '\n' || letter == '\r' || letter == '\t';
}

/* The list or object from `at` on without white space between its tokens. */
static const char *take_minified(struct json_source *source, const char *at)
{
    const char *end = json_container_end(at, source->end);
    char *text, *to;

    if (end == NULL) {
        return NULL;
    }
    text = to = pool_take(source->pool, (size_t)(end - at) + 1);
    source->no_memory = source->no_memory || text == NULL;
    if (text == NULL) {
        return NULL;
    }
    while (at < end) {
        const char *next = at;

        while (next < end && !is_space(*next) && *next != '"') {
            next++;
        }
        next = next < end && *next == '"' ? json_skip_value(next, end) : next;
        next = next != NULL ? next : end; /* a backslash outside of strings: brackets alone were counted */
        memcpy(to, at, (size_t)(next - at));
        to += next - at;
        at = json_skip_space(next, end);
    }
    *to = '\0';
    return clean_text(source, text, (size_t)(to - text));
}

/* Length of the word true, false or a number at `at`; 0: it is none of them. */
static size_t plain_length(const struct json_source *source, const char *at, bool *integer)
{
    size_t left = (size_t)(source->end - at);
    size_t length;

    *integer = false;
    if (*at == 't' || *at == 'f') {
        length = *at == 't' ? 4 : 5;
        return left >= length && memcmp(at, *at == 't' ? "true" : "false", length) == 0 &&
                       json_ends_word(at + length, source->end)
                   ? length
                   : 0;
    }
    length = json_number_length(at, source->end, integer);
    if (length > 0 && length == left && !source->ends_text) {
        return 0;
    }
    return length > 0 && json_ends_word(at + length, source->end) ? length : 0;
}

static bool take_string(struct json_source *source, const char *at, const char **cell)
{
    bool integer;
    size_t length = 0;
    const char *text;

    if (*at == '"') {
        text = take_text(source, at, &length);
        text = text != NULL ? clean_text(source, text, length) : NULL;
    } else if (*at == '{' || *at == '[') {
        text = take_minified(source, at);
    } else {
        length = plain_length(source, at, &integer);
        text = length > 0 ? pool_text(source->pool, at, length) : NULL;
        source->no_memory = source->no_memory || (length > 0 && text == NULL);
    }
    *cell = text;
    return text != NULL;
}

static bool take_integer(const struct json_source *source, const char *at, uint64_t *cell)
{
    bool integer;
    size_t length = plain_length(source, at, &integer);

    return integer && digits_parse(at, length, cell);
}

static bool take_time(struct json_source *source, const char *at, uint64_t *cell)
{
    size_t length;
    const char *text;

    if (take_integer(source, at, cell)) {
        return true;
    }
    text = take_text(source, at, &length);
    return text != NULL && time_parse(text, length, cell);
}

static bool take_bool(const struct json_source *source, const char *at, uint32_t *cell)
{
    bool integer;
    size_t length = plain_length(source, at, &integer);

    *cell = *at == 't';
    return length > 0 && (*at == 't' || *at == 'f');
}

static bool take_address(struct json_source *source, const char *at, struct bytes *cell)
{
    uint8_t address[16];
    size_t length;
    const char *text = take_text(source, at, &length);
    unsigned size = text != NULL ? address_parse(text, length, address) : 0;
    void *copy = size > 0 ? pool_take(source->pool, size) : NULL;

    if (copy == NULL) {
        source->no_memory = source->no_memory || size > 0;
        return false;
    }
    memcpy(copy, address, size);
    *cell = (struct bytes){size, copy};
    return true;
}

bool json_take_cell(struct json_source *source, const char *at, void *cell)
{
    switch (source->type->number) {
    case TYPE_STRING:
        return take_string(source, at, cell);
    case TYPE_UINT64:
    case TYPE_RELTIME:
        return take_integer(source, at, cell);
    case TYPE_ABSTIME:
        return take_time(source, at, cell);
    case TYPE_BOOL:
        return take_bool(source, at, cell);
    case TYPE_IPADDR:
    case TYPE_IPNET:
        return take_address(source, at, cell);
    }
    return false;
}
