#include "json/answervalues.h"

#include "json/joinedtext.h"
#include "json/jsonlookup.h"

#include <string.h>

static size_t cell_size(const struct answer *answer)
{
    return answer->request->type->cell;
}

/* Room for one more cell; NULL: the pool is out of memory. */
static void *next_cell(struct answer *answer)
{
    size_t size = cell_size(answer);
    struct value *value = answer->value;

    if (value->count == answer->capacity) {
        uint32_t capacity = answer->capacity == 0 ? 1 : 4 * answer->capacity;
        void *cells = pool_take(answer->source.pool, capacity * (size + sizeof(uint32_t)));
        uint32_t *starts = cells != NULL ? (uint32_t *)((unsigned char *)cells + capacity * size) : NULL;

        if (cells == NULL) {
            answer->source.no_memory = true;
            return NULL;
        }
        if (value->count > 0) {
            memcpy(cells, value->cells, value->count * size);
            memcpy(starts, value->starts, value->count * sizeof(*starts));
        }
        value->cells = cells;
        value->starts = starts;
        answer->capacity = capacity;
    }
    return (unsigned char *)value->cells + value->count * size;
}

static void keep_cell(struct answer *answer, uint32_t start)
{
    answer->value->starts[answer->value->count++] = start;
}

/* Writes a JSON text that is not in the payload as a cell. */
static bool take_constant(struct answer *answer, const char *text, void *cell)
{
    const struct json_source source = answer->source;
    bool taken;

    answer->source.end = text + strlen(text);
    answer->source.ends_text = true;
    taken = json_take_cell(&answer->source, text, cell);
    answer->source.end = source.end;
    answer->source.ends_text = source.ends_text;
    return taken;
}

/* Writes what stands for null. */
static bool take_null(struct answer *answer, void *cell)
{
    if (answer->null == SUBSTITUTE_UNKNOWN) {
        answer->null = take_constant(answer, answer->request->null, &answer->null_cell) ? SUBSTITUTE_CELL
                                                                                        : SUBSTITUTE_NONE;
    }
    if (answer->null == SUBSTITUTE_CELL) {
        memcpy(cell, &answer->null_cell, cell_size(answer));
    }
    return answer->null == SUBSTITUTE_CELL;
}

/* Adds the value at `at`, if it is of the field's type; `start` is its place in the payload. */
static void add_value(struct answer *answer, const char *at, uint32_t start)
{
    void *cell = next_cell(answer);

    if (cell == NULL) {
        return;
    }
    if (answer->request->null != NULL && json_is_null(&answer->source, at)
            ? take_null(answer, cell)
            : json_take_cell(&answer->source, at, cell)) {
        keep_cell(answer, start);
    }
}

/* ---- what a path ends at ---- */

/* Adds the elements of the list at `at`, or only number `*index`, as if a `*` were at the end of the path. */
static void add_elements(struct answer *answer, const char *at, const uint64_t *index)
{
    const char *end = answer->source.end, *element = json_first_element(at, end);

    answer->has_listed = true;
    for (uint64_t i = 0; element != NULL && *element != ']' && !answer_is_full(answer); i++) {
        uint32_t before = answer->value->count;

        if (index == NULL || *index == i) {
            add_value(answer, element, (uint32_t)(element - answer->payload));
            if (answer->value->count == before) {
                answer_add_missing(answer);
            }
        }
        element = json_next_element(json_skip_value(element, end), end, ']');
    }
}

/* Adds the names of the members of the object at `at`, or only that of number `*index`. */
static void add_names(struct answer *answer, const char *at, const uint64_t *index)
{
    const char *end = answer->source.end;

    answer->has_listed = true;
    at = json_skip_space(at + 1, end);
    for (uint64_t i = 0; at != NULL && at < end && *at != '}' && !answer_is_full(answer); i++) {
        struct json_key key;
        const char *member = json_read_key(at, end, &key);

        if (member == NULL) {
            return;
        }
        if (index == NULL || *index == i) {
            add_value(answer, at, (uint32_t)(at - answer->payload));
        }
        at = json_next_element(json_skip_value(member, end), end, '}');
    }
}

static void spread(struct answer *answer, const char *at, const uint64_t *index)
{
    if (*at == '{') {
        add_names(answer, at, index);
    } else {
        add_elements(answer, at, index);
    }
}

/* One text of all texts of `value`. NULL: it is too long, or memory is out. */
static const char *join_texts(struct answer *answer, const struct value *value)
{
    const char *text = NULL;

    switch (joinedtext_make(value, answer->request->join, &answer->left, answer->source.pool, &text)) {
    case JOINED_TOO_LONG:
        answer->too_long = true;
        break;
    case JOINED_NO_MEMORY:
        answer->source.no_memory = true;
        break;
    case JOINED_DONE:
        break;
    }
    return text;
}

/* Adds one text of what is in the list or object at `at`. */
static void add_joined(struct answer *answer, const char *at)
{
    struct value value = {.outcome = VALUE_ABSENT};
    struct answer inner = *answer;
    const char **cell;

    inner.value = &value;
    inner.capacity = 0;
    inner.many = true;
    inner.lacks = false;
    spread(&inner, at, NULL);
    inner.value = answer->value; /* what else it has found out stays known */
    inner.capacity = answer->capacity;
    inner.many = answer->many;
    inner.lacks = answer->lacks || inner.lacks;
    inner.has_listed = answer->has_listed;
    *answer = inner;
    cell = value.count > 0 && !answer_is_full(answer) ? next_cell(answer) : NULL;
    if (cell == NULL) {
        return;
    }
    *cell = join_texts(answer, &value);
    if (*cell != NULL) {
        keep_cell(answer, (uint32_t)(at - answer->payload));
    }
}

void answer_add_end(struct answer *answer, const char *at, const uint64_t *index)
{
    const struct paths_request *request = answer->request;

    if (request->keys ? *at == '{' : *at == '[' && answer->many) {
        if (request->join == NULL || !request->list) {
            spread(answer, at, index);
        } else if (index == NULL || *index == 0) {
            add_joined(answer, at);
        }
    } else if (!request->keys && (index == NULL || *index == 0)) {
        add_value(answer, at, (uint32_t)(at - answer->payload));
    }
}

/* ---- what stands for a missing value ---- */

/* Where the path of the default leads; NULL: nowhere. */
static const char *find_default(const struct answer *answer)
{
    const struct path_node *node =
        answer->paths->has_fallback ? answer->nodes[answer->paths->total - 1] : NULL;

    return node != NULL && pathtree_found(answer->tree, node) ? answer->payload + node->place : NULL;
}

/* Evaluates what stands for a missing element: once, as there may be many, and it may be long. */
static void find_substitute(struct answer *answer)
{
    const char *at = find_default(answer);
    struct value value = {.outcome = VALUE_ABSENT};
    struct answer inner = *answer;

    inner.value = &value;
    inner.capacity = 0;
    inner.many = false;
    inner.is_default = true;
    if (at != NULL && *at == '[' && answer->request->join != NULL) {
        add_joined(&inner, at);
    } else if (at != NULL) {
        add_value(&inner, at, (uint32_t)(at - answer->payload));
    }
    answer->source.no_memory = inner.source.no_memory;
    answer->too_long = inner.too_long;
    answer->left = inner.left;
    answer->substitute = SUBSTITUTE_NONE;
    if (value.count > 0) {
        memcpy(&answer->substitute_cell, value.cells, cell_size(answer));
        answer->substitute_start = value.starts[0];
        answer->substitute = SUBSTITUTE_CELL;
    } else if (answer->request->fallback != NULL &&
               take_constant(answer, answer->request->fallback, &answer->substitute_cell)) {
        answer->substitute_start = VALUE_NOWHERE;
        answer->substitute = SUBSTITUTE_CELL;
    }
}

void answer_add_missing(struct answer *answer)
{
    void *cell;

    if (answer->is_default) {
        return;
    }
    if (answer->substitute == SUBSTITUTE_UNKNOWN) {
        find_substitute(answer);
    }
    if (answer->substitute == SUBSTITUTE_NONE) {
        answer->lacks = true;
        return;
    }
    cell = next_cell(answer);
    if (cell != NULL) {
        memcpy(cell, &answer->substitute_cell, cell_size(answer));
        keep_cell(answer, answer->substitute_start);
    }
}

void answer_add_default(struct answer *answer, const uint64_t *index)
{
    const char *at = find_default(answer), *fallback = answer->request->fallback;
    void *cell;

    answer->is_default = true;
    if (at != NULL) {
        answer_add_end(answer, at, index);
    }
    cell = fallback != NULL && answer->value->count == 0 && !answer->source.no_memory &&
                   (index == NULL || *index == 0)
               ? next_cell(answer)
               : NULL;
    if (cell != NULL && take_constant(answer, fallback, cell)) {
        keep_cell(answer, VALUE_NOWHERE);
    }
}

/* ---- all of them ---- */

void answer_join_all(struct answer *answer)
{
    struct value *value = answer->value;
    const char **cell = pool_take(answer->source.pool, sizeof(*cell));
    const char *text = cell != NULL ? join_texts(answer, value) : NULL;

    answer->source.no_memory = answer->source.no_memory || cell == NULL;
    if (text == NULL) {
        return;
    }
    *cell = text;
    value->cells = cell;
    value->starts[0] = value->count > 1 ? VALUE_NOWHERE : value->starts[0];
    value->count = 1;
}
