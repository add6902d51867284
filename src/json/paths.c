#include "json/paths.h"

#include "base/text.h"
#include "json/jsoncell.h"
#include "json/jsonscalars.h"
#include "json/jsonscanner.h"

#include <stdlib.h>
#include <string.h>

struct paths *paths_compile(const char *const *pointers, size_t count, char **error)
{
    struct paths *paths = calloc(1, sizeof(*paths));

    *error = NULL;
    if (paths == NULL) {
        return NULL;
    }
    paths->pointers = calloc(count > 0 ? count : 1, sizeof(*paths->pointers));
    for (; paths->pointers != NULL && paths->count < count; paths->count++) {
        if (!pointer_compile(&paths->pointers[paths->count], pointers[paths->count], error)) {
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
        pointer_clear(&paths->pointers[i]);
    }
    free(paths->pointers);
    free(paths);
}

bool paths_has_star(const struct paths *paths)
{
    for (size_t i = 0; i < paths->count; i++) {
        if (pointer_has_star(&paths->pointers[i])) {
            return true;
        }
    }
    return false;
}

struct path_node **paths_add(const struct paths *paths, struct pathtree *tree)
{
    struct path_node **nodes = pool_take(tree->pool, paths->count * sizeof(*nodes));

    for (size_t i = 0; nodes != NULL && i < paths->count; i++) {
        nodes[i] = pathtree_add(tree, &paths->pointers[i]);
        if (nodes[i] == NULL) {
            return NULL;
        }
    }
    return nodes;
}

/* The evaluation of one field. */
struct answer {
    const struct paths_request *request;
    const char *payload;
    struct json_source source; /* the payload */
    struct value *value;
    uint32_t room;   /* for cells */
    bool has_listed; /* a path ended at a list, whose elements were added */
};

/* Room for one more cell; NULL: the pool is out of memory. */
static void *next_cell(struct answer *answer)
{
    size_t size = answer->request->type->cell;
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

/* Adds the value at `at`, if it is of the field's type; `start` is its place in the payload. */
static void add_value(struct answer *answer, const char *at, uint32_t start)
{
    void *cell = next_cell(answer);

    if (cell != NULL && json_take_cell(&answer->source, at, cell)) {
        answer->value->starts[answer->value->count++] = start;
    }
}

/* Adds the fallback of a missing element, if the field has one: a JSON text that is not in the payload. */
static void add_fallback(struct answer *answer)
{
    const struct json_source source = answer->source;
    const char *fallback = answer->request->fallback;

    if (fallback != NULL) {
        answer->source.end = fallback + strlen(fallback);
        answer->source.ends_text = true;
        add_value(answer, fallback, VALUE_NOWHERE);
        answer->source.end = source.end;
        answer->source.ends_text = source.ends_text;
    }
}

static bool is_full(const struct answer *answer)
{
    return answer->source.no_memory || (!answer->request->list && answer->value->count > 0);
}

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
                add_fallback(answer);
            }
        }
        element = json_next_element(json_skip_value(element, end), end, ']');
    }
}

/* Adds what a path without a `*` leads to: of a list its elements, where the field has many. */
static void add_end(struct answer *answer, uint32_t place)
{
    const struct paths_request *request = answer->request;
    const char *at = answer->payload + place;

    if (request->list && *at == '[') {
        add_elements(answer, at, request->has_index ? &request->index : NULL);
    } else if (!request->has_index || request->index == 0) {
        add_value(answer, at, place);
    }
}

/* The same for a value behind a `*`. */
static void add_marked_end(struct answer *answer, uint32_t place)
{
    const char *at = answer->payload + place;

    if (answer->request->list && *at == '[') {
        add_elements(answer, at, NULL);
    } else {
        add_value(answer, at, place);
    }
}

/* Adds what was found behind a `*`. An element with nothing in it is left out, or stands as the fallback. */
static void add_marked(struct answer *answer, const struct path_node *node)
{
    const struct paths_request *request = answer->request;
    uint32_t before[POINTER_MOST_PARTS + 1] = {0}; /* by `*`: how many there were when its element began */
    uint64_t element = 0;                          /* of the first `*` */

    for (uint32_t i = 0; i < node->count && !is_full(answer); i++) {
        const struct path_mark *mark = &node->marks[i];

        if (!request->has_index || request->index == element) {
            if (mark->ends == 0) {
                add_marked_end(answer, mark->place);
            } else if (answer->value->count == before[mark->ends]) {
                add_fallback(answer);
            }
        }
        for (uint32_t level = mark->ends; level > 0 && level <= node->level; level++) {
            before[level] = answer->value->count;
        }
        element += mark->ends == 1;
    }
}

const struct path_node *paths_single(const struct paths *paths, struct path_node *const *nodes)
{
    return paths->count == 1 && paths->pointers[0].count > 0 && nodes[0]->level == 0 ? nodes[0] : NULL;
}

/* Copies the inside of a plain string. NULL: memory is out. */
static struct single *take_single_text(const char *from, uint32_t length, struct pool *pool)
{
    struct single *single = pool_take(pool, sizeof(*single) + length + 1);

    if (single != NULL) {
        memcpy(single->text, from, length);
        single->text[length] = '\0';
        single->cell.text = single->text;
    }
    return single;
}

/* Converts the node's value, which is at `at`. NULL: it is not of the type, or memory is out. */
static struct single *take_any(const struct path_node *node, const char *at, const char *end,
                               const struct field_type *type, struct pool *pool)
{
    struct json_source source = {.end = end, .type = type, .pool = pool};
    struct single *single = pool_take(pool, sizeof(*single));

    if (single == NULL || (type->is_whole && paths_read_integer(node, at, end, &single->cell.number))) {
        return single;
    }
    return json_take_cell(&source, at, &single->cell) ? single : NULL;
}

__attribute__((noinline)) bool paths_answer_single(const struct pathtree *tree, const struct path_node *node,
                                                   const struct field_type *type, const char *payload,
                                                   size_t size, struct pool *pool, struct value *value)
{
    struct single *single;

    if (!pathtree_found(tree, node) || tree->no_memory) {
        return false;
    }
    single = type->kind == CELL_TEXT && node->text != PATH_NO_TEXT
                 ? take_single_text(payload + node->place + 1, node->text, pool)
                 : take_any(node, payload + node->place, payload + size, type, pool);
    if (single == NULL) {
        return false;
    }
    single_to_value(single, node, value);
    return true;
}

void paths_answer(const struct paths *paths, const struct pathtree *tree, struct path_node *const *nodes,
                  const char *payload, size_t size, const struct paths_request *request, struct pool *pool,
                  struct value *value)
{
    struct answer answer = {
        .request = request,
        .payload = payload,
        .source = {.end = payload + size, .type = request->type, .pool = pool, .no_memory = tree->no_memory},
        .value = value,
    };

    *value = (struct value){.outcome = VALUE_ABSENT};
    for (size_t i = 0; i < paths->count && value->count == 0 && !answer.source.no_memory; i++) {
        if (!pathtree_found(tree, nodes[i])) {
            continue;
        }
        answer.source.ends_text = paths->pointers[i].count == 0;
        if (nodes[i]->level > 0) {
            add_marked(&answer, nodes[i]);
        } else {
            add_end(&answer, nodes[i]->place);
        }
    }
    if (value->count == 0 && tree->document && !answer.has_listed && !answer.source.no_memory &&
        !paths_has_star(paths) && (!request->has_index || request->index == 0)) {
        add_fallback(&answer);
    }
    if (answer.source.no_memory) {
        *value = (struct value){.outcome = VALUE_FAILED, .error = TEXT_NO_MEMORY};
    } else if (value->count > 0) {
        value->outcome = VALUE_PRESENT;
    }
}

void paths_find(const struct paths *paths, const char *payload, size_t size,
                const struct paths_request *request, struct pool *pool, struct value *value)
{
    struct pathtree tree = {.pool = pool};
    struct path_node **nodes = paths_add(paths, &tree);

    if (nodes == NULL) {
        *value = (struct value){.outcome = VALUE_FAILED, .error = TEXT_NO_MEMORY};
        return;
    }
    pathtree_scan(&tree, payload, size, pool);
    paths_answer(paths, &tree, nodes, payload, size, request, pool, value);
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
