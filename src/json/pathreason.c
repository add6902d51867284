#include "json/pathreason.h"

#include "base/utf8.h"
#include "json/jsoncell.h"
#include "json/jsonlookup.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PLACE_TEXT 256 /* of a path in a message */
#define QUOTE_TEXT 64  /* of a value, or a key */

/* One pointer that is followed. */
struct search {
    const struct paths_request *request;
    const struct paths *paths;
    size_t number; /* of the pointer among these: */
    const struct pointer *pointer;
    struct json_source source; /* the payload */
    char place[PLACE_TEXT];    /* the pointer to where the search is, with numbers for `*` */
    size_t length;             /* of that */
    bool starred;              /* a `*` leads there */
    enum path_reason kind;     /* the first of the best reasons so far */
    char text[PATH_REASON_TEXT];
};

__attribute__((format(printf, 3, 4))) static void keep(struct search *search, enum path_reason kind,
                                                       const char *format, ...)
{
    va_list arguments;

    if (kind > search->kind) {
        search->kind = kind;
        va_start(arguments, format);
        vsnprintf(search->text, sizeof(search->text), format, arguments);
        va_end(arguments);
    }
}

/* Where the search is, for messages. */
static const char *place_of(const struct search *search)
{
    return search->length > 0 ? search->place : "the payload";
}

static void add_letter(struct search *search, char letter)
{
    if (search->length + 1 < sizeof(search->place)) {
        search->place[search->length++] = letter;
        search->place[search->length] = '\0';
    }
}

/* Goes one part further. Returns the length to go back to. */
static size_t enter(struct search *search, const char *key, size_t length)
{
    size_t before = search->length;

    add_letter(search, '/');
    for (size_t i = 0; i < length; i++) {
        if (key[i] == '~' || key[i] == '/') {
            add_letter(search, '~');
        }
        add_letter(search, key[i] == '~' ? '0' : key[i] == '/' ? '1' : key[i]);
    }
    return before;
}

static void leave(struct search *search, size_t before)
{
    search->length = before;
    search->place[before] = '\0';
}

/* Behind the value at `at`; NULL: it is cut off. */
static const char *end_of(const struct search *search, const char *at)
{
    const char *end = json_skip_value(at, search->source.end);
    bool is_word = *at != '"' && *at != '{' && *at != '[';

    return is_word && end == search->source.end && !search->source.ends_text ? NULL : end;
}

/* The value at `at` for messages, cut to fit. */
static void describe(const struct search *search, const char *at, char text[QUOTE_TEXT + 16])
{
    const char *end = json_skip_value(at, search->source.end);
    char quoted[QUOTE_TEXT];

    end = end != NULL ? end : search->source.end;
    if (*at == '{' || *at == '[') {
        strcpy(text, *at == '{' ? "an object" : "a list");
    } else if (*at == '"') {
        end -= end > at + 1 && end[-1] == '"'; /* it may be cut off */
        utf8_write(quoted, sizeof(quoted), at + 1, (size_t)(end - at) - 1, UTF8_LINE);
        snprintf(text, QUOTE_TEXT + 16, "the text \"%s\"", quoted);
    } else {
        utf8_write(quoted, sizeof(quoted), at, (size_t)(end - at), UTF8_LINE);
        snprintf(text, QUOTE_TEXT + 16, "%s%s", *at == '-' || (*at >= '0' && *at <= '9') ? "the number " : "",
                 quoted);
    }
}

static uint64_t count_elements(const struct search *search, const char *at)
{
    const char *end = search->source.end, *element = json_first_element(at, end);
    uint64_t count = 0;

    for (; element != NULL && *element != ']'; count++) {
        element = json_next_element(json_skip_value(element, end), end, ']');
    }
    return count;
}

static void lacks_element(struct search *search, const char *at, uint64_t number)
{
    if (*at == '[') {
        keep(search, PATH_REASON_MISSING, "%s is a list of %" PRIu64 ", and has no element %" PRIu64,
             place_of(search), count_elements(search, at), number);
    } else {
        keep(search, PATH_REASON_MISSING, "%s has no element %" PRIu64, place_of(search), number);
    }
}

/* The value at `at` has nothing of this name. */
static void lacks_part(struct search *search, const char *at, const struct pointer_part *part)
{
    char value[QUOTE_TEXT + 16], name[QUOTE_TEXT];

    utf8_write(name, sizeof(name), part->text, part->length, UTF8_LINE);
    if (*at == '[' && part->is_number) {
        lacks_element(search, at, part->number);
    } else if (*at == '[') {
        keep(search, PATH_REASON_MISSING,
             "%s is a list, and has no \"%s\"; \"*\" stands for each of its elements", place_of(search),
             name);
    } else if (*at != '{' && search->length == 0) {
        utf8_write(value, 24, at, (size_t)(search->source.end - at), UTF8_LINE);
        keep(search, PATH_REASON_MISSING, "the payload is no JSON object: it begins with \"%s\"", value);
    } else if (*at != '{') {
        describe(search, at, value);
        keep(search, PATH_REASON_MISSING, "%s is %s, and has no \"%s\"", place_of(search), value, name);
    } else if (search->length == 0) {
        keep(search, PATH_REASON_MISSING, "the payload has no \"%s\"", name);
    } else {
        keep(search, PATH_REASON_MISSING, "%s is there, but has no \"%s\"", place_of(search), name);
    }
}

/* A value that should be the field's, or one of its elements. */
static void examine(struct search *search, const char *at)
{
    const struct field_type *type = search->request->type;
    char value[QUOTE_TEXT + 16];
    union {
        uint64_t number;
        const char *text;
        struct bytes bytes;
    } cell;

    if (json_take_cell(&search->source, at, &cell) || search->source.no_memory) {
        return;
    }
    describe(search, at, value);
    if (search->request->null != NULL && strcmp(value, "null") == 0) {
        return;
    }
    if (end_of(search, at) == NULL) {
        keep(search, PATH_REASON_MISSING, "%s is cut off", place_of(search));
    } else if (strcmp(value, "null") == 0) {
        keep(search, PATH_REASON_MISSING, "%s is null", place_of(search));
    } else if (type->format != NULL) {
        keep(search, PATH_REASON_MISFIT, "%s is %s, which is no time of the format \"%s\"", place_of(search),
             value, type->format);
    } else {
        keep(search, PATH_REASON_MISFIT, "%s is %s; %s takes %s", place_of(search), value, type->name,
             type->takes);
    }
}

static void follow_parts(struct search *search, const char *at, size_t depth);

/* Follows each element of the list or object at `at`, or only number `*index`. */
static void follow_elements(struct search *search, const char *at, size_t depth, const uint64_t *index)
{
    const char *end = search->source.end, *whole = at, *element;
    const char close = *at == '{' ? '}' : ']';
    uint64_t count = 0;

    at = json_skip_space(at + 1, end);
    for (; at != NULL && at < end && *at != close; count++) {
        char number[24];
        struct json_key key = {.begin = number};
        size_t before;

        key.close = number + snprintf(number, sizeof(number), "%" PRIu64, count);
        element = close == '}' ? json_read_key(at, end, &key) : at;
        if (element == NULL) {
            break;
        }
        if (index == NULL || *index == count) {
            before = enter(search, key.begin, (size_t)(key.close - key.begin));
            follow_parts(search, element, depth);
            leave(search, before);
        }
        at = json_next_element(json_skip_value(element, end), end, close);
    }
    if (count == 0) {
        keep(search, PATH_REASON_MISSING, "%s is an empty %s", place_of(search),
             close == '}' ? "object" : "list");
    } else if (index != NULL && *index >= count) {
        lacks_element(search, whole, *index);
    }
}

/* The index that picks an element, where it is not spent yet. */
static const uint64_t *index_of(const struct search *search)
{
    return search->request->has_index && !search->starred ? &search->request->index : NULL;
}

/* The value should be an object, whose members' names are wanted. */
static void examine_names(struct search *search, const char *at)
{
    const char *end = search->source.end, *first = json_skip_space(at + 1, end);
    struct json_key key;
    char value[QUOTE_TEXT + 16];

    describe(search, at, value);
    if (*at != '{') {
        keep(search, strcmp(value, "null") == 0 ? PATH_REASON_MISSING : PATH_REASON_MISFIT,
             "%s is %s, and has no members with names", place_of(search), value);
    } else if (index_of(search) != NULL) {
        keep(search, PATH_REASON_MISSING, "%s has no member number %" PRIu64, place_of(search),
             *index_of(search));
    } else if (first < end && *first == '}') {
        keep(search, PATH_REASON_MISSING, "%s is an empty object", place_of(search));
    } else if (json_container_end(at, end) == NULL) {
        keep(search, PATH_REASON_MISSING, "%s is cut off", place_of(search));
    } else if (first == end || json_read_key(first, end, &key) == NULL) {
        keep(search, PATH_REASON_MISSING, "%s is broken", place_of(search));
    } else {
        keep(search, PATH_REASON_MISFIT, "%s has members with other names; %s takes %s", place_of(search),
             search->request->type->name, search->request->type->takes);
    }
}

/* The value where the pointer ends. */
static void follow_end(struct search *search, const char *at)
{
    const uint64_t *index = index_of(search);

    if (search->request->keys) {
        examine_names(search, at);
    } else if ((search->request->list || search->request->join != NULL) && *at == '[') {
        follow_elements(search, at, search->pointer->count + 1, index);
    } else if (index != NULL && *index > 0) {
        lacks_element(search, at, *index);
    } else {
        examine(search, at);
    }
}

/* Each element, where the part is a `*`. */
static void follow_star(struct search *search, const char *at, size_t depth)
{
    const uint64_t *index = index_of(search);

    search->starred = true;
    if (*at == '{' || *at == '[') {
        follow_elements(search, at, depth + 1, index);
    } else {
        lacks_part(search, at, &search->pointer->parts[depth]);
    }
}

/* Are the conditions true of what begins at `at`? `parts`: how many parts of the pointer lead there. `whole`:
 * it is the document, and those that begin there are meant. */
static bool check_conditions(struct search *search, const char *at, size_t parts, bool whole)
{
    const struct paths *paths = search->paths;

    for (size_t i = 0; i < paths->condition_count; i++) {
        const struct path_condition *condition = &paths->conditions[i];
        const struct pointer *pointer =
            &paths->pointers[paths->count + search->number * paths->condition_count + i];
        const char *found = at;
        char value[QUOTE_TEXT + 16] = "missing", name[QUOTE_TEXT], text[QUOTE_TEXT];

        if ((condition->key[0] == '/') != whole) {
            continue;
        }
        for (size_t part = parts; found != NULL && part < pointer->count; part++) {
            found = json_find_part(found, search->source.end, &pointer->parts[part]);
        }
        if (found != NULL && paths_has_text(found, search->source.end, condition)) {
            continue;
        }
        if (found != NULL) {
            describe(search, found, value);
        }
        utf8_write(name, sizeof(name), condition->key, strlen(condition->key), UTF8_LINE);
        utf8_write(text, sizeof(text), condition->texts[0], strlen(condition->texts[0]), UTF8_LINE);
        keep(search, PATH_REASON_MISSING, "%s is left out: \"%s\" is %s, and where wants \"%s\"%s",
             place_of(search), name, value, text, condition->count > 1 ? " or another" : "");
        return false;
    }
    return true;
}

/* Follows the pointer's parts from number `depth` on from the value at `at`; behind them all it is an element
 * of the list where the pointer ends. */
static void follow_parts(struct search *search, const char *at, size_t depth)
{
    const struct pointer *pointer = search->pointer;
    const struct pointer_part *part = &pointer->parts[depth];
    const char *found;
    size_t before;

    if (depth == pointer_parts_of_element(pointer) && !check_conditions(search, at, depth, false)) {
        return;
    }
    if (depth > pointer->count) {
        examine(search, at);
    } else if (depth == pointer->count) {
        follow_end(search, at);
    } else if (part->star) {
        follow_star(search, at, depth);
    } else {
        found = json_find_part(at, search->source.end, part);
        if (found == NULL) {
            lacks_part(search, at, part);
            return;
        }
        before = enter(search, part->text, part->length);
        follow_parts(search, found, depth + 1);
        leave(search, before);
    }
}

/* Follows one pointer through the payload. */
static void follow_pointer(struct search *search, const char *payload)
{
    const char *begin = json_begin(payload, search->source.end);

    search->source.ends_text = search->pointer->count == 0;
    if (begin == search->source.end) {
        keep(search, PATH_REASON_MISSING, "the payload is empty");
        return;
    }
    if (check_conditions(search, begin, 0, true)) {
        follow_parts(search, begin, 0);
    }
    if (search->kind == PATH_REASON_MISSING && (*begin == '{' || *begin == '[') &&
        json_container_end(begin, search->source.end) == NULL) {
        size_t length = strlen(search->text);

        snprintf(search->text + length, sizeof(search->text) - length, "; the payload is no complete JSON");
    }
}

enum path_reason pathreason_find(const struct paths *paths, const char *payload, size_t size,
                                 const struct paths_request *request, struct pool *pool,
                                 char text[PATH_REASON_TEXT])
{
    enum path_reason kind = PATH_REASON_NONE;
    size_t length = 0;
    struct value value;

    text[0] = '\0';
    paths_find(paths, payload, size, request, pool, &value);
    if (value.outcome == VALUE_ABSENT && value.error != NULL) {
        snprintf(text, PATH_REASON_TEXT, "%s", value.error);
        return PATH_REASON_MISFIT;
    }
    for (size_t i = 0; i < paths->count; i++) {
        struct search search = {
            .request = request,
            .paths = paths,
            .number = i,
            .pointer = &paths->pointers[i],
            .source = {.end = payload + size, .type = request->type, .pool = pool},
        };

        follow_pointer(&search, payload);
        if (search.kind > kind) {
            kind = search.kind;
            length = utf8_write(text, PATH_REASON_TEXT, search.text, strlen(search.text), UTF8_LINE);
        } else if (search.kind == kind && length > 0 && length + 3 < PATH_REASON_TEXT) {
            memcpy(text + length, "; ", 3);
            length += 2;
            length += utf8_write(text + length, PATH_REASON_TEXT - length, search.text, strlen(search.text),
                                 UTF8_LINE);
        }
    }
    return kind;
}
