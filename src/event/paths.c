#include "event/paths.h"

#include "event/json.h"
#include "event/jsonvalue.h"
#include "event/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Most parts of one pointer: what is walked recurses by them. */
#define MOST_PARTS 64

/* One part of a pointer, between two "/", without its escapes. */
struct part {
    char *text;
    size_t length;
    bool star;      /* each element */
    bool is_number; /* also the number of a list's element */
    uint64_t number;
};

struct pointer {
    struct part *parts;
    size_t count;
};

struct paths {
    struct pointer *pointers;
    size_t count;
};

static char *complain(const char *pointer, const char *why)
{
    size_t size = strlen(pointer) + strlen(why) + 64;
    char *text = malloc(size);

    if (text != NULL) {
        snprintf(text, size, "\"%s\" is no JSON Pointer: %s", pointer, why);
    }
    return text;
}

/* A copy without escapes: "~1" is "/", "~0" is "~". False: another letter follows "~"; or memory is out. */
static bool read_part(const char *from, size_t length, struct part *part, bool *no_memory)
{
    char *to = malloc(length + 1);

    *no_memory = to == NULL;
    part->text = to;
    if (to == NULL) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (from[i] != '~') {
            *to++ = from[i];
            continue;
        }
        if (i + 1 == length || (from[i + 1] != '0' && from[i + 1] != '1')) {
            return false;
        }
        *to++ = from[++i] == '0' ? '~' : '/';
    }
    *to = '\0';
    part->length = (size_t)(to - part->text);
    part->star = length == 1 && from[0] == '*';
    part->is_number = digits_parse(part->text, part->length, &part->number);
    return true;
}

/* False: `*error` says why; what was allocated is in `pointer`. */
static bool compile(const char *text, struct pointer *pointer, char **error)
{
    const char *at = text;
    bool no_memory;

    if (text[0] != '\0' && text[0] != '/') {
        *error = complain(text, "it begins with \"/\", or is empty for the whole document");
        return false;
    }
    pointer->parts = calloc(MOST_PARTS, sizeof(*pointer->parts));
    if (pointer->parts == NULL) {
        return false;
    }
    while (*at == '/') {
        size_t length = strcspn(++at, "/");

        if (pointer->count == MOST_PARTS) {
            *error = complain(text, "it has more than 64 parts");
            return false;
        }
        if (!read_part(at, length, &pointer->parts[pointer->count++], &no_memory)) {
            *error = no_memory ? NULL : complain(text, "\"~\" is written \"~0\", and \"/\" in a key \"~1\"");
            return false;
        }
        at += length;
    }
    return true;
}

struct paths *paths_compile(const char *const *pointers, size_t count, char **error)
{
    struct paths *paths = calloc(1, sizeof(*paths));

    *error = NULL;
    if (paths == NULL) {
        return NULL;
    }
    paths->pointers = calloc(count > 0 ? count : 1, sizeof(*paths->pointers));
    for (; paths->pointers != NULL && paths->count < count; paths->count++) {
        if (!compile(pointers[paths->count], &paths->pointers[paths->count], error)) {
            paths->count++;
            paths_free(paths);
            return NULL;
        }
    }
    if (paths->pointers == NULL) {
        paths_free(paths);
        return NULL;
    }
    return paths;
}

void paths_free(struct paths *paths)
{
    if (paths == NULL) {
        return;
    }
    for (size_t i = 0; i < paths->count; i++) {
        for (size_t j = 0; j < paths->pointers[i].count; j++) {
            free(paths->pointers[i].parts[j].text);
        }
        free(paths->pointers[i].parts);
    }
    free(paths->pointers);
    free(paths);
}

bool paths_has_star(const struct paths *paths)
{
    for (size_t i = 0; i < paths->count; i++) {
        for (size_t j = 0; j < paths->pointers[i].count; j++) {
            if (paths->pointers[i].parts[j].star) {
                return true;
            }
        }
    }
    return false;
}

/* What one question needs at hand while the text is walked. */
struct walk {
    const struct pointer *pointer;
    const struct paths_request *request;
    const char *payload;
    struct json_source source; /* the payload */
    struct value *value;
    uint32_t room; /* for cells */
};

/* Room for one more cell; NULL: the pool is out of memory. */
static void *next_cell(struct walk *walk)
{
    size_t size = walk->request->type->cell;
    struct value *value = walk->value;

    if (value->count == walk->room) {
        uint32_t room = walk->room == 0 ? 1 : 4 * walk->room;
        void *cells = pool_take(walk->source.pool, room * size);
        uint32_t *starts = pool_take(walk->source.pool, room * sizeof(*starts));

        if (cells == NULL || starts == NULL) {
            walk->source.no_memory = true;
            return NULL;
        }
        if (value->count > 0) {
            memcpy(cells, value->cells, value->count * size);
            memcpy(starts, value->starts, value->count * sizeof(*starts));
        }
        value->cells = cells;
        value->starts = starts;
        walk->room = room;
    }
    return (unsigned char *)value->cells + value->count * size;
}

/* Adds the value at `at`, if it is of the field's type; `start` is its place in the payload. */
static void add_value(struct walk *walk, const char *at, uint32_t start)
{
    void *cell = next_cell(walk);

    if (cell != NULL && json_take_cell(&walk->source, at, cell)) {
        walk->value->starts[walk->value->count++] = start;
    }
}

/* Adds what stands for a missing element, if there is that, in place of the payload. */
static void add_fallback(struct walk *walk)
{
    const char *end = walk->source.end, *fallback = walk->request->fallback;

    if (fallback != NULL) {
        walk->source.end = fallback + strlen(fallback);
        walk->source.ends_text = true;
        add_value(walk, fallback, VALUE_NOWHERE);
        walk->source.end = end;
        walk->source.ends_text = false;
    }
}

static bool is_full(const struct walk *walk)
{
    return walk->source.no_memory || (!walk->request->list && walk->value->count > 0);
}

static void follow(struct walk *walk, const char *at, size_t number, bool starred);

/* An element behind `*`: what is missing in it is left out, or stands as the fallback. */
static void follow_element(struct walk *walk, const char *at, size_t number)
{
    uint32_t before = walk->value->count;

    follow(walk, at, number, true);
    if (walk->value->count == before && !is_full(walk)) {
        add_fallback(walk);
    }
}

/* True if the key whose inside begins at `at` is the part. */
static bool is_key(struct walk *walk, const char *at, const char *close, bool escaped,
                   const struct part *part)
{
    const char *fault;
    char *copy, *end;

    if (!escaped) {
        return (size_t)(close - at) == part->length && memcmp(at, part->text, part->length) == 0;
    }
    copy = pool_take(walk->source.pool, (size_t)(close - at));
    walk->source.no_memory = walk->source.no_memory || copy == NULL;
    end = copy != NULL ? json_unescape(copy, at, close, &fault) : NULL;
    return end != NULL && (size_t)(end - copy) == part->length && memcmp(copy, part->text, part->length) == 0;
}

/* The element that an index argument picks at the first `*`; false: all of them count. */
static bool picks(const struct walk *walk, bool starred)
{
    return walk->request->has_index && !starred;
}

/* Goes on behind an element: to the next one, or NULL at the end or at a fault. */
static const char *next_element(const char *at, const char *end)
{
    at = json_skip_value(at, end);
    at = at != NULL ? json_skip_space(at, end) : end;
    if (at == end || *at != ',') {
        return NULL;
    }
    return json_skip_space(at + 1, end);
}

static void follow_list(struct walk *walk, const char *at, size_t number, bool starred)
{
    const struct part *part = &walk->pointer->parts[number];
    uint64_t wanted = picks(walk, starred) ? walk->request->index : part->number, place = 0;
    bool one = !part->star || picks(walk, starred);

    if (!part->star && !part->is_number) {
        return;
    }
    at = json_skip_space(at + 1, walk->source.end);
    for (; at != NULL && at < walk->source.end && *at != ']' && !is_full(walk); place++) {
        if (part->star && (!one || place == wanted)) {
            follow_element(walk, at, number + 1);
        } else if (!part->star && place == wanted) {
            follow(walk, at, number + 1, starred);
        }
        if (one && place == wanted) {
            return;
        }
        at = next_element(at, walk->source.end);
    }
}

static void follow_object(struct walk *walk, const char *at, size_t number, bool starred)
{
    const struct part *part = &walk->pointer->parts[number];
    uint64_t place = 0;

    at = json_skip_space(at + 1, walk->source.end);
    for (; at != NULL && at < walk->source.end && *at == '"' && !is_full(walk); place++) {
        bool escaped;
        const char *key = at + 1, *close = json_string_end(key, walk->source.end, &escaped);

        at = close != NULL ? json_skip_space(close + 1, walk->source.end) : walk->source.end;
        if (at == walk->source.end || *at != ':') {
            return;
        }
        at = json_skip_space(at + 1, walk->source.end);
        if (part->star && (!picks(walk, starred) || place == walk->request->index)) {
            follow_element(walk, at, number + 1);
        } else if (!part->star && is_key(walk, key, close, escaped, part)) {
            follow(walk, at, number + 1, starred);
            return; /* the first of equal keys counts */
        }
        at = next_element(at, walk->source.end);
    }
}

/* From the value at `at` along the pointer's parts from `number` on. `starred`: a `*` lies behind. */
static void follow(struct walk *walk, const char *at, size_t number, bool starred)
{
    if (at >= walk->source.end || is_full(walk)) {
        return;
    }
    if (number == walk->pointer->count) {
        add_value(walk, at, (uint32_t)(at - walk->payload));
    } else if (*at == '{') {
        follow_object(walk, at, number, starred);
    } else if (*at == '[') {
        follow_list(walk, at, number, starred);
    }
}

void paths_find(const struct paths *paths, const char *payload, size_t size,
                const struct paths_request *request, struct pool *pool, struct value *value)
{
    struct walk walk = {
        .request = request,
        .payload = payload,
        .source = {.end = payload + size, .type = request->type, .pool = pool},
        .value = value,
    };
    const char *begin = json_skip_space(payload, walk.source.end);
    bool document = begin < walk.source.end && (*begin == '{' || *begin == '[');

    *value = (struct value){.outcome = VALUE_ABSENT};
    for (size_t i = 0; i < paths->count && value->count == 0 && !walk.source.no_memory; i++) {
        walk.pointer = &paths->pointers[i];
        walk.source.ends_text = walk.pointer->count == 0;
        follow(&walk, begin, 0, false);
    }
    if (value->count == 0 && document && !paths_has_star(paths) && !walk.source.no_memory) {
        add_fallback(&walk);
    }
    if (walk.source.no_memory) {
        *value = (struct value){.outcome = VALUE_FAILED, .error = "out of memory"};
    } else if (value->count > 0) {
        value->outcome = VALUE_PRESENT;
    }
}

bool paths_complete_offsets(struct value *value, const char *payload, size_t size, struct pool *pool)
{
    uint32_t *lengths = pool_take(pool, value->count * sizeof(*lengths));

    if (lengths == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < value->count; i++) {
        const char *at = payload + value->starts[i], *end;

        lengths[i] = 0;
        if (value->starts[i] == VALUE_NOWHERE) {
            continue;
        }
        end = json_skip_value(at, payload + size);
        lengths[i] = end != NULL ? (uint32_t)(end - at) : 0;
        if (*at == '"' && lengths[i] >= 2) { /* the text, not its quotes */
            value->starts[i]++;
            lengths[i] -= 2;
        }
    }
    value->lengths = lengths;
    return true;
}
