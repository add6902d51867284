#include "base/text.h"
#include "json/joinedtext.h"
#include "json/jsoncell.h"
#include "json/jsonlookup.h"
#include "json/paths.h"

#include <string.h>

/* What stands for a missing element, or for null. */
enum substitute { SUBSTITUTE_UNKNOWN, SUBSTITUTE_NONE, SUBSTITUTE_CELL };

union any_cell {
    uint64_t number;
    const char *text;
    struct bytes bytes;
};

/* The evaluation of one field. */
struct answer {
    const struct paths *paths;
    const struct pathtree *tree;
    struct path_node *const *nodes;
    const struct paths_request *request;
    const char *payload;
    struct json_source source; /* the payload */
    struct value *value;
    uint32_t room;   /* for cells */
    bool many;       /* more than one value is taken */
    bool has_listed; /* a path ended at a list, whose elements were added */
    bool lacks;      /* an element has no value */
    bool too_long;   /* more than JOINED_MOST would be joined */
    size_t left;     /* bytes that may be joined */
    bool is_default; /* values of the default are added, which has no default itself */
    enum substitute substitute;
    uint32_t substitute_start;
    union any_cell substitute_cell;
    enum substitute null; /* the request's, as a cell: made once, as it may be long */
    union any_cell null_cell;
};

static size_t cell_size(const struct answer *answer)
{
    return answer->request->type->cell;
}

/* Room for one more cell; NULL: the pool is out of memory. */
static void *next_cell(struct answer *answer)
{
    size_t size = cell_size(answer);
    struct value *value = answer->value;

    if (value->count == answer->room) {
        uint32_t room = answer->room == 0 ? 1 : 4 * answer->room;
        void *cells = pool_take(answer->source.pool, room * (size + sizeof(uint32_t)));
        uint32_t *starts = cells != NULL ? (uint32_t *)((unsigned char *)cells + room * size) : NULL;

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
        answer->room = room;
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

static bool is_full(const struct answer *answer)
{
    return answer->source.no_memory || answer->too_long || (!answer->many && answer->value->count > 0);
}

/* ---- what a path ends at ---- */

static void add_end(struct answer *answer, const char *at, const uint64_t *index);
static void add_missing(struct answer *answer);

/* Adds the elements of the list at `at`, or only number `*index`, as if a `*` were at the end of the path. */
static void add_elements(struct answer *answer, const char *at, const uint64_t *index)
{
    const char *end = answer->source.end, *element = json_first_element(at, end);

    answer->has_listed = true;
    for (uint64_t i = 0; element != NULL && *element != ']' && !is_full(answer); i++) {
        uint32_t before = answer->value->count;

        if (index == NULL || *index == i) {
            add_value(answer, element, (uint32_t)(element - answer->payload));
            if (answer->value->count == before) {
                add_missing(answer);
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
    for (uint64_t i = 0; at != NULL && at < end && *at != '}' && !is_full(answer); i++) {
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
    inner.room = 0;
    inner.many = true;
    inner.lacks = false;
    spread(&inner, at, NULL);
    inner.value = answer->value; /* what else it has found out stays known */
    inner.room = answer->room;
    inner.many = answer->many;
    inner.lacks = answer->lacks || inner.lacks;
    inner.has_listed = answer->has_listed;
    *answer = inner;
    cell = value.count > 0 && !is_full(answer) ? next_cell(answer) : NULL;
    if (cell == NULL) {
        return;
    }
    *cell = join_texts(answer, &value);
    if (*cell != NULL) {
        keep_cell(answer, (uint32_t)(at - answer->payload));
    }
}

/* Adds what a path leads to: of a list its elements, where the field has many, and of an object the names of
 * its members, where it has these; or only number `*index`. */
static void add_end(struct answer *answer, const char *at, const uint64_t *index)
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
    inner.room = 0;
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

/* Adds what stands for an element that has no value, if the field has a default. */
static void add_missing(struct answer *answer)
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

/* Adds the default of a value that no `*` leads to. */
static void add_default(struct answer *answer, const uint64_t *index)
{
    const char *at = find_default(answer), *fallback = answer->request->fallback;
    void *cell;

    answer->is_default = true;
    if (at != NULL) {
        add_end(answer, at, index);
    }
    cell = fallback != NULL && answer->value->count == 0 && !answer->source.no_memory &&
                   (index == NULL || *index == 0)
               ? next_cell(answer)
               : NULL;
    if (cell != NULL && take_constant(answer, fallback, cell)) {
        keep_cell(answer, VALUE_NOWHERE);
    }
}

/* ---- conditions, and alternatives for each element ---- */

/* A node that is followed from element to element. */
struct follower {
    const struct path_node *node;
    uint32_t mark; /* the next one */
};

/* The node of condition number `number` for the pointer number `pointer`. */
static const struct path_node *condition_node(const struct answer *answer, size_t pointer, size_t number)
{
    const struct paths *paths = answer->paths;

    return answer->nodes[paths->count + pointer * paths->condition_count + number];
}

bool paths_has_text(const char *at, const char *end, const struct path_condition *condition)
{
    const char *begin = *at == '"' ? at + 1 : at, *close = NULL;
    bool escaped = false;

    if (*at == '"') {
        close = json_string_end(begin, end, &escaped);
    } else if (*at != '{' && *at != '[') {
        close = json_skip_word(at, end);
    }
    for (size_t i = 0; close != NULL && i < condition->count; i++) {
        const char *text = condition->texts[i];
        size_t length = strlen(text);

        if (escaped ? json_string_equals(begin, close, text, length)
                    : (size_t)(close - begin) == length && memcmp(begin, text, length) == 0) {
            return true;
        }
    }
    return false;
}

/* Are the conditions of a pointer true that no `*` leads to? They are looked at once, as their values may be
 * long. */
static bool hold_once(const struct answer *answer, size_t pointer)
{
    for (size_t i = 0; i < answer->paths->condition_count; i++) {
        const struct path_node *node = condition_node(answer, pointer, i);

        if (node->level == 0 && (!pathtree_found(answer->tree, node) ||
                                 !paths_has_text(answer->payload + node->place, answer->source.end,
                                                 &answer->paths->conditions[i]))) {
            return false;
        }
    }
    return true;
}

/* The follower's value in the element, or NULL; it goes on behind it. */
static const char *follow(const struct answer *answer, struct follower *follower)
{
    const struct path_node *node = follower->node;

    if (!pathtree_found(answer->tree, node) || follower->mark >= node->count ||
        node->marks[follower->mark].ends > 0) {
        return NULL;
    }
    return answer->payload + node->marks[follower->mark++].place;
}

/* The pointers of one group: alternatives for each element, and their conditions. All are below the same `*`,
 * so that their elements end together. */
struct group {
    size_t first, count; /* pointers */
    struct follower values[PATHS_MOST], conditions[PATHS_MOST_CONDITIONS];
};

static void begin_group(const struct answer *answer, struct group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        group->values[i] = (struct follower){answer->nodes[group->first + i], 0};
    }
    for (size_t i = 0; i < answer->paths->condition_count; i++) {
        group->conditions[i] = (struct follower){condition_node(answer, group->first, i), 0};
    }
}

/* Passes the mark of an end in all nodes of the group. */
static void pass_end(const struct answer *answer, struct group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        group->values[i].mark++;
    }
    for (size_t i = 0; i < answer->paths->condition_count; i++) {
        group->conditions[i].mark++;
    }
}

/* Are the conditions true of the element? */
static bool hold(const struct answer *answer, struct group *group)
{
    bool all = true;

    for (size_t i = 0; i < answer->paths->condition_count; i++) {
        struct follower *follower = &group->conditions[i];

        if (follower->node->level > 0) {
            const char *at = follow(answer, follower);

            all = all && at != NULL && paths_has_text(at, answer->source.end, &answer->paths->conditions[i]);
        }
    }
    return all;
}

/* The innermost element has ended. Adds what the first of the alternatives gives, where `wanted`. */
static void add_element(struct answer *answer, struct group *group, bool wanted)
{
    uint32_t before = answer->value->count;

    for (size_t i = 0; i < group->count; i++) {
        const char *at = follow(answer, &group->values[i]);

        if (at != NULL && wanted && answer->value->count == before) {
            add_end(answer, at, NULL);
        }
    }
}

/* Adds what was found behind a `*`. An element with nothing in it is left out, or stands as the default; one
 * for which the conditions are not true is as if it were not there. */
static void add_marked(struct answer *answer, struct group *group)
{
    const struct path_node *node = answer->nodes[group->first];
    const struct paths_request *request = answer->request;
    uint32_t before[POINTER_MOST_PARTS + 1] = {0}; /* by `*`: how many there were when its element began */
    uint64_t element = 0;                          /* of the first `*` */

    begin_group(answer, group);
    for (uint32_t i = 0; i < node->count && !is_full(answer); i++) {
        const uint32_t ends = node->marks[i].ends;
        bool wanted = !request->has_index || request->index == element;

        if (ends == 0) {
            continue;
        }
        if (ends == node->level) {
            wanted = hold(answer, group) && wanted;
            add_element(answer, group, wanted);
        }
        pass_end(answer, group);
        if (wanted && answer->value->count == before[ends]) {
            add_missing(answer);
        }
        for (uint32_t level = ends; level <= node->level; level++) {
            before[level] = answer->value->count;
        }
        element += ends == 1;
    }
}

/* ---- all paths of a field ---- */

/* Adds what the pointers of one group give. */
static void add_group(struct answer *answer, struct group *group, const uint64_t *index)
{
    const struct path_node *first = answer->nodes[group->first];

    if (first->level > 0) {
        if (pathtree_found(answer->tree, first) && hold_once(answer, group->first)) {
            add_marked(answer, group);
        }
        return;
    }
    for (size_t i = group->first; i < group->first + group->count && answer->value->count == 0; i++) {
        if (pathtree_found(answer->tree, answer->nodes[i]) && hold_once(answer, i)) {
            answer->source.ends_text = answer->paths->pointers[i].count == 0;
            add_end(answer, answer->payload + answer->nodes[i]->place, index);
            answer->source.ends_text = false;
        }
    }
}

/* Adds what the first group with values gives. */
static void add_groups(struct answer *answer, const uint64_t *index)
{
    const struct paths *paths = answer->paths;
    struct group group;

    group.first = 0; /* the followers are large, and mostly not used */
    while (group.first < paths->count && answer->value->count == 0 && !answer->source.no_memory) {
        group.count = 1;
        while (group.first + group.count < paths->count &&
               paths->pointers[group.first + group.count].together) {
            group.count++;
        }
        answer->lacks = false;
        add_group(answer, &group, index);
        group.first += group.count;
    }
}

/* Makes one text of all values of a field that is no list. */
static void join_all(struct answer *answer)
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

static const char joined_too_long[] = "the texts to be joined have more than 16 MiB together";
_Static_assert(JOINED_MOST == (size_t)16 << 20, "as the text says");

void paths_answer(const struct paths *paths, const struct pathtree *tree, struct path_node *const *nodes,
                  const char *payload, size_t size, const struct paths_request *request, struct pool *pool,
                  struct value *value)
{
    struct answer answer = {
        .paths = paths,
        .tree = tree,
        .nodes = nodes,
        .request = request,
        .payload = payload,
        .source = {.end = payload + size, .type = request->type, .pool = pool, .no_memory = tree->no_memory},
        .value = value,
        .many = request->list || request->join != NULL,
        .left = JOINED_MOST,
    };
    const uint64_t *index = request->has_index ? &request->index : NULL;

    *value = (struct value){.outcome = VALUE_ABSENT};
    add_groups(&answer, index);
    if (value->count == 0 && tree->document && !answer.has_listed && !answer.source.no_memory &&
        !paths_has_star(paths)) {
        add_default(&answer, index);
    }
    if (request->join != NULL && !request->list && value->count > 0 && !answer.source.no_memory) {
        join_all(&answer);
    }
    if (answer.source.no_memory) {
        *value = (struct value){.outcome = VALUE_FAILED, .error = TEXT_NO_MEMORY};
    } else if (answer.too_long) {
        *value = (struct value){.outcome = VALUE_ABSENT, .error = joined_too_long};
    } else if (value->count > 0 && !(request->all && answer.lacks)) {
        value->outcome = VALUE_PRESENT;
    }
}
