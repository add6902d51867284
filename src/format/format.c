#include "format/format.h"

#include "format/writers.h"
#include "json/jsonlookup.h"

#include <stdlib.h>
#include <string.h>

const struct format_kind format_kinds[] = {
#define FORMAT(name, writer, columns, pattern, paths) {name, writer, columns, pattern, paths},
#include "format/formats.def"
#undef FORMAT
    {NULL, NULL, false, false, NULL},
};

const char *const format_names[] = {
#define FORMAT(name, writer, columns, pattern, paths) name,
#include "format/formats.def"
#undef FORMAT
    NULL,
};

const struct format_kind *format_kind_named(const char *name)
{
    for (const struct format_kind *kind = format_kinds; kind->name != NULL; kind++) {
        if (strcmp(kind->name, name) == 0) {
            return kind;
        }
    }
    return NULL;
}

void format_free(struct format *format)
{
    if (format == NULL) {
        return;
    }
    format_free_columns(&format->columns);
    free(format->pattern);
    for (size_t i = 0; i < format->inside_count; i++) {
        paths_free(format->inside[i].path);
        format_free(format->inside[i].format);
    }
    free(format->inside);
    free(format);
}

/* ---- a part with a format of its own ---- */

/* True if it is one list or object, and nothing else, as far as the scanner looks: nothing of it can reach
 * into what stands around it. */
static bool is_json(const struct format_text *text)
{
    const char *end = text->data + text->size, *at = json_begin(text->data, end);

    if (at == end || (*at != '{' && *at != '[')) {
        return false;
    }
    at = json_container_end(at, end);
    return at != NULL && json_skip_space(at, end) == end;
}

/* Writes the payload with the format's writer; size 0: it is not of the format. False: out of memory. */
static bool write_json(struct format_use *use, const struct format_text *payload, struct pool *pool,
                       struct json_origins *origins, struct format_text *json)
{
    struct json_writer writer = {.origins = origins};

    json_writer_open(&writer, pool, payload->data, payload->size);
    if (!writer.no_memory) {
        use->format->kind->write(use, payload->data, payload->data + payload->size, &writer);
    }
    *json = (struct format_text){writer.text, (size_t)(writer.at - writer.text)};
    if (json->size == 2) { /* {} or [] */
        json->size = 0;
    }
    return !writer.no_memory;
}

/* The text of the string of JSON at `at`, without escapes; `*behind` is its end there. False: it is no
 * string, or memory is out: `*no_memory`. */
static bool take_string(const char *at, const char *end, struct pool *pool, struct format_text *text,
                        const char **behind, bool *no_memory)
{
    bool escaped = false;
    const char *close = at != NULL && *at == '"' ? json_string_end(at + 1, end, &escaped) : NULL, *fault;
    char *copy, *stop;

    if (close == NULL) {
        return false;
    }
    *behind = close + 1;
    *text = (struct format_text){at + 1, (size_t)(close - at - 1)};
    if (!escaped) {
        return true;
    }
    copy = pool_take(pool, text->size);
    *no_memory = copy == NULL;
    stop = copy != NULL ? json_unescape(copy, at + 1, close, &fault) : NULL;
    if (stop == NULL) {
        return false;
    }
    *text = (struct format_text){copy, (size_t)(stop - copy)};
    return true;
}

/* Replaces what stands from `from` to `to` by another text. False: out of memory. */
static bool replace(struct format_text *json, const char *from, const char *to, const struct format_text *by,
                    struct pool *pool)
{
    const size_t before = (size_t)(from - json->data), behind = (size_t)(json->data + json->size - to);
    char *text = pool_take(pool, before + by->size + behind);

    if (text == NULL) {
        return false;
    }
    memcpy(text, json->data, before);
    memcpy(text + before, by->data, by->size);
    memcpy(text + before + by->size, to, behind);
    *json = (struct format_text){text, before + by->size + behind};
    return true;
}

/* Replaces the part, if it is a text of its format, by what is in it. False: out of memory. */
static bool open_part(const struct format_inside *inside, struct format_use *use, struct pool *pool,
                      struct format_text *json)
{
    const struct pointer *pointer = &inside->path->pointers[0];
    const char *end = json->data + json->size, *at = json_begin(json->data, end), *behind;
    struct format_text text, part;
    bool no_memory = false;

    for (size_t i = 0; at != NULL && at < end && i < pointer->count; i++) {
        at = json_find_part(at, end, &pointer->parts[i]);
    }
    if (at == end || !take_string(at, end, pool, &text, &behind, &no_memory)) {
        return !no_memory;
    }
    part = text;
    if (inside->format->kind->write != NULL && !write_json(use, &text, pool, NULL, &part)) {
        return false;
    }
    return !is_json(&part) || replace(json, at, behind, &part, pool);
}

/* ---- plugin states ---- */

bool format_open(struct format_state *state, const struct format *format, bool (*go_on)(void *), void *owner,
                 struct memory_budget *budget)
{
    struct regex_problem problem;

    *state = (struct format_state){.format = format, .steps = {.go_on = go_on, .owner = owner}};
    if (format == NULL) {
        return true;
    }
    state->uses = calloc(1 + format->inside_count, sizeof(*state->uses));
    for (size_t i = 0; state->uses != NULL && i <= format->inside_count; i++) {
        struct format_use *use = &state->uses[i];

        use->format = i == 0 ? format : format->inside[i - 1].format;
        use->steps = &state->steps;
        if (use->format->pattern != NULL &&
            !regex_compile(&use->regex, use->format->pattern, strlen(use->format->pattern), 0, budget,
                           &problem)) {
            format_close(state);
            return false;
        }
    }
    return state->uses != NULL;
}

void format_close(struct format_state *state)
{
    for (size_t i = 0; state->uses != NULL && i <= state->format->inside_count; i++) {
        regex_close(&state->uses[i].regex);
    }
    free(state->uses);
    *state = (struct format_state){.format = NULL};
}

/* ---- payloads ---- */

enum format_result format_to_json(struct format_state *state, const char *payload, size_t size,
                                  struct pool *pool, struct format_text *json)
{
    const struct format *format = state->format;
    const struct format_text text = {payload, size};

    state->steps.left = REGEX_WINDOW;
    state->steps.stopped = false;
    *json = text;
    if (format->kind->write != NULL && !write_json(&state->uses[0], &text, pool, NULL, json)) {
        return FORMAT_NO_MEMORY;
    }
    for (size_t i = 0; json->size > 0 && !state->steps.stopped && i < format->inside_count; i++) {
        if (!open_part(&format->inside[i], &state->uses[i + 1], pool, json)) {
            return FORMAT_NO_MEMORY;
        }
    }
    return state->steps.stopped ? FORMAT_STOPPED : FORMAT_DONE;
}

bool format_origin(struct format_state *state, const char *payload, size_t size, struct pool *pool,
                   struct json_origins *origins, uint32_t place, uint32_t *start, uint32_t *length)
{
    const struct format_text text = {payload, size};
    const struct format *format = state->format;
    struct format_text json;
    size_t low = 0, high;

    state->steps.left = REGEX_WINDOW;
    if (format->kind->write == NULL || format->inside_count > 0 ||
        (origins->count == 0 && !write_json(&state->uses[0], &text, pool, origins, &json))) {
        return false;
    }
    high = origins->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (origins->list[middle].place < place) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == origins->count || origins->list[low].place != place) {
        return false;
    }
    *start = origins->list[low].start;
    *length = origins->list[low].length;
    return true;
}

/* ---- paths ---- */

bool format_path_enters(const struct format_inside *inside, const struct pointer *pointer)
{
    const struct pointer *outer = inside->path != NULL ? &inside->path->pointers[0] : NULL;

    if (outer == NULL || outer->count >= pointer->count) {
        return false;
    }
    for (size_t i = 0; i < outer->count; i++) {
        if (!pointer->parts[i].star && strcmp(outer->parts[i].text, pointer->parts[i].text) != 0) {
            return false;
        }
    }
    return true;
}

/* False: out of memory. */
static bool name_column(const struct format_columns *columns, struct pointer_part *part)
{
    const char *name = part->is_number && part->number < columns->count ? columns->names[part->number] : "";
    char *copy;

    if (name[0] == '\0') {
        return true;
    }
    copy = strdup(name);
    if (copy == NULL) {
        return false;
    }
    free(part->text);
    *part = (struct pointer_part){.text = copy, .length = strlen(copy)};
    return true;
}

bool format_name_columns(const struct format *format, struct paths *paths)
{
    for (size_t i = 0; paths != NULL && i < paths->total; i++) {
        struct pointer *pointer = &paths->pointers[i];

        if (pointer->count > 0 && !name_column(&format->columns, &pointer->parts[0])) {
            return false;
        }
        for (size_t j = 0; j < format->inside_count; j++) { /* outer parts first */
            const struct format_inside *inside = &format->inside[j];

            if (format_path_enters(inside, pointer) &&
                !name_column(&inside->format->columns, &pointer->parts[inside->path->pointers[0].count])) {
                return false;
            }
        }
    }
    return true;
}
