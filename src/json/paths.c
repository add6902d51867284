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
        paths->total++;
        if (!pointer_compile(&paths->pointers[paths->count], pointers[paths->count], error)) {
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
    for (size_t i = 0; i < paths->total; i++) {
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
    struct path_node **nodes = pool_take(tree->pool, paths->total * sizeof(*nodes));

    for (size_t i = 0; nodes != NULL && i < paths->total; i++) {
        nodes[i] = pathtree_add(tree, &paths->pointers[i]);
        if (nodes[i] == NULL) {
            return NULL;
        }
    }
    return nodes;
}

const struct path_node *paths_single(const struct paths *paths, struct path_node *const *nodes)
{
    return paths->count == 1 && paths->condition_count == 0 && paths->pointers[0].count > 0 &&
                   nodes[0]->level == 0
               ? nodes[0]
               : NULL;
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
