#include "json/jsoncell.h"

#include "event/value.h"
#include "json/jsonscalars.h"
#include "json/jsonscanner.h"

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

bool json_is_null(const struct json_source *source, const char *at)
{
    size_t left = (size_t)(source->end - at);

    return left >= 4 && memcmp(at, "null", 4) == 0 && json_ends_word(at + 4, source->end) &&
           (left > 4 || source->ends_text);
}

/* The string at `at` as hosts get it. NULL: it has no end, an escape in it is broken, or memory is out. */
static const char *take_inside(struct json_source *source, const char *at)
{
    bool is_plain;
    const char *close = json_plain_string_end(at + 1, source->end, &is_plain), *text;
    size_t length;

    if (is_plain) {
        text = pool_text(source->pool, at + 1, (size_t)(close - at - 1));
        source->no_memory = source->no_memory || text == NULL;
        return text;
    }
    text = take_text(source, at, &length);
    return text != NULL ? clean_text(source, text, length) : NULL;
}

static bool take_string(struct json_source *source, const char *at, const char **cell)
{
    bool integer;
    size_t length = 0;
    const char *text;

    if (*at == '"') {
        text = take_inside(source, at);
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

/* A string, a number, true or false, as the type reads it. */
static enum value_read take_scalar(struct json_source *source, const char *at, void *cell)
{
    const struct field_type *type = source->type;
    const char *text = at;
    type_reader *reader = type->read_text;
    size_t length = 0;
    bool integer;

    if (*at == '"') {
        text = take_text(source, at, &length);
        return text != NULL ? reader(type, text, length, source->pool, cell) : VALUE_READ_TYPE;
    }
    length = plain_length(source, at, &integer);
    reader = *at == 't' || *at == 'f' ? type->read_text : type->read_number;
    return length > 0 && reader != NULL ? reader(type, text, length, source->pool, cell) : VALUE_READ_TYPE;
}

const struct field_type json_value_type = {
    .name = "a function", .kind = CELL_ADDRESS, .cell = sizeof(struct bytes), .takes = "any value"};

/* The value as it stands. */
static bool take_as_is(struct json_source *source, const char *at, struct bytes *cell)
{
    const char *close = NULL;
    bool odd = false;
    size_t length;

    if (*at == '"') {
        close = json_string_end(at + 1, source->end, &odd);
        if (odd && take_text(source, at, &length) == NULL) { /* an escape in it is broken */
            return false;
        }
        close = close != NULL ? close + 1 : NULL;
    } else if (*at == '{' || *at == '[') {
        close = json_container_end(at, source->end);
    } else {
        length = plain_length(source, at, &odd);
        close = length > 0 ? at + length : NULL;
    }
    if (close == NULL || close - at > UINT32_MAX) {
        return false;
    }
    *cell = (struct bytes){(uint32_t)(close - at), at};
    return true;
}

bool json_take_cell(struct json_source *source, const char *at, void *cell)
{
    enum value_read read;

    if (source->type == &json_value_type) {
        return take_as_is(source, at, cell);
    }
    if (source->type->kind == CELL_TEXT) {
        return take_string(source, at, cell);
    }
    read = take_scalar(source, at, cell);
    source->no_memory = source->no_memory || read == VALUE_READ_MEMORY;
    return read == VALUE_READ_OK;
}
