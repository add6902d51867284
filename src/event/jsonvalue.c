#include "event/jsonvalue.h"

#include "event/json.h"
#include "event/text.h"
#include "event/value.h"

#include <string.h>

/* Over a string whose opening quote is at `at`; NULL: it has no end. */
static const char *skip_string(const char *at, const char *end)
{
    bool escaped;
    const char *close = json_string_end(at + 1, end, &escaped);

    return close != NULL ? close + 1 : NULL;
}

/* Over a list or an object, by its brackets alone; NULL: it has no end. */
static const char *skip_container(const char *at, const char *end)
{
    size_t depth = 0;

    while (at != NULL && at < end) {
        switch (*at) {
        case '"':
            at = skip_string(at, end);
            continue;
        case '{':
        case '[':
            depth++;
            break;
        case '}':
        case ']':
            depth--;
            break;
        default:
            break;
        }
        at++;
        if (depth == 0) {
            return at;
        }
    }
    return NULL;
}

static bool ends_word(const char *at, const char *end)
{
    return at == end || strchr(" \t\r\n,]}", *at) != NULL;
}

const char *json_skip_value(const char *at, const char *end)
{
    if (at == end) {
        return NULL;
    }
    if (*at == '"') {
        return skip_string(at, end);
    }
    if (*at == '{' || *at == '[') {
        return skip_container(at, end);
    }
    while (!ends_word(at, end)) {
        at++;
    }
    return at;
}

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

/* The list or object from `at` on without white space between its tokens. */
static const char *take_minified(struct json_source *source, const char *at)
{
    const char *end = skip_container(at, source->end);
    char *text, *to;

    if (end == NULL) {
        return NULL;
    }
    text = to = pool_take(source->pool, (size_t)(end - at) + 1);
    source->no_memory = source->no_memory || text == NULL;
    while (text != NULL && at < end) {
        const char *next = *at == '"' ? skip_string(at, end) : at + 1;

        if (strchr(" \t\r\n", *at) == NULL || *at == '\0') {
            memcpy(to, at, (size_t)(next - at));
            to += next - at;
        }
        at = next;
    }
    if (text != NULL) {
        *to = '\0';
        return memchr(text, '\0', (size_t)(to - text)) == NULL
                   ? text
                   : value_text(source->pool, text, (size_t)(to - text));
    }
    return NULL;
}

/* Length of the word true, false or a number at `at`; 0: it is none of them. */
static size_t plain_length(const struct json_source *source, const char *at, bool *integer)
{
    static const char *const words[] = {"true", "false"};
    size_t left = (size_t)(source->end - at);
    size_t length;

    *integer = false;
    for (size_t i = 0; i < 2; i++) {
        length = strlen(words[i]);
        if (left >= length && memcmp(at, words[i], length) == 0 && ends_word(at + length, source->end)) {
            return length;
        }
    }
    length = json_number_length(at, source->end, integer);
    if (length > 0 && length == left && !source->ends_text) {
        return 0;
    }
    return length > 0 && ends_word(at + length, source->end) ? length : 0;
}

static bool take_string(struct json_source *source, const char *at, const char **cell)
{
    bool integer;
    size_t length = 0;
    const char *text;

    if (*at == '"') {
        text = take_text(source, at, &length);
        if (text != NULL && memchr(text, '\0', length) != NULL) {
            text = value_text(source->pool, text, length);
            source->no_memory = source->no_memory || text == NULL;
        }
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
