#include "modules/json_eval.h"

#include "json/jsonlookup.h"
#include "json/jsonscalars.h"
#include "lua/integertext.h"
#include "modules/json.h"
#include "modules/json_document.h"

#include <string.h>

/* Bytes of a text whose parts are searched for anew each time. */
#define LONGEST_TEXT 4096u

/* Digits of an integer that surely is one of Lua's. */
#define SAFE_DIGITS 18

static bool is_word(const char *at, const char *end, const char *word, size_t length)
{
    return (size_t)(end - at) > length && memcmp(at, word, length) == 0 && json_ends_word(at + length, end);
}

static bool read_string(const char *at, const char *end, struct eval_value *value)
{
    bool is_plain;
    const char *close = json_plain_string_end(at + 1, end, &is_plain);

    value->kind = EVAL_TEXT;
    value->text = (struct eval_text){at + 1, is_plain ? (size_t)(close - at - 1) : 0};
    return is_plain;
}

/* A word or an integer, with more text behind it: it might have been cut off. */
static bool read_plain(const char *at, const char *end, struct eval_value *value)
{
    bool is_integer;
    size_t length;
    uint64_t number;

    if (*at == 't' || *at == 'f') {
        value->kind = EVAL_BOOLEAN;
        value->boolean = *at == 't';
        return value->boolean ? is_word(at, end, "true", 4) : is_word(at, end, "false", 5);
    }
    length = json_number_length(at, end, &is_integer);
    if (length == 0 || length > SAFE_DIGITS || !is_integer || at + length == end ||
        !json_ends_word(at + length, end) || !integer_read(at, length, &number)) {
        return false;
    }
    value->kind = EVAL_INTEGER;
    value->integer = (int64_t)number;
    return true;
}

/* The value that begins at `at`. */
static bool read_value(const char *at, const char *end, struct eval_value *value)
{
    if (*at == '"') {
        return read_string(at, end, value);
    }
    if (is_container(at)) {
        value->kind = EVAL_DOCUMENT;
        value->text = (struct eval_text){at, (size_t)(end - at)};
        return true;
    }
    return read_plain(at, end, value);
}

static bool open(const struct eval_text *text, struct eval_value *value)
{
    const char *end = text->data + text->size, *at = json_begin(text->data, end);

    return text->size <= LONGEST_TEXT && at < end && is_container(at) && read_value(at, end, value);
}

/* The names of methods. */
static bool is_method(const char *key, size_t length)
{
    return length == 3 ? memcmp(key, "get", 3) == 0 || memcmp(key, "raw", 3) == 0
                       : length == 5 && memcmp(key, "table", 5) == 0;
}

static bool read_found(const char *at, const char *end, struct eval_value *value)
{
    if (at == NULL) {
        value->kind = EVAL_NIL;
        return true;
    }
    return read_value(at, end, value);
}

static bool member(const struct eval_text *document, const char *key, size_t length, struct eval_value *value)
{
    const char *end = document->data + document->size;
    struct json_key found;

    if (is_method(key, length)) {
        return false;
    }
    return read_found(*document->data == '{' ? json_find_key(document->data, end, key, length, &found) : NULL,
                      end, value);
}

static const char *begin(const struct eval_text *document)
{
    return *document->data == '[' ? json_first_element(document->data, document->data + document->size)
                                  : NULL;
}

static bool element(const struct eval_text *document, lua_Integer number, struct eval_value *value)
{
    const char *end = document->data + document->size, *first = begin(document);

    return read_found(number >= 1 ? json_find_element(first, end, (uint64_t)number - 1) : NULL, end, value);
}

static bool next(const struct eval_text *document, const char **place, struct eval_value *value)
{
    const char *end = document->data + document->size, *at = *place;

    *place = json_element_behind(at, end);
    return read_value(at, end, value);
}

const struct eval_documents json_eval_documents = {
    .parse = json_parse_lj, .open = open, .member = member, .element = element, .begin = begin, .next = next};
