#include "json/pathtree.h"

#include "json/jsonscalars.h"
#include "json/pathdescent.h"

struct path_node *pathtree_add(struct pathtree *tree, const struct pointer *pointer)
{
    struct path_node *node = &tree->root, *stars[POINTER_MOST_PARTS];
    struct path_target *targets[POINTER_MOST_PARTS];
    size_t count = 0;

    if (tree->predictor != NULL) {
        pathpredictor_clear(tree->predictor);
    }
    for (size_t i = 0; i < pointer->count; i++) {
        node = path_node_take(node, &pointer->parts[i], tree->pool);
        if (node == NULL) {
            return NULL;
        }
        if (pointer->parts[i].star) {
            stars[count++] = node;
        }
    }
    if (node->wanted) {
        return node;
    }
    for (size_t i = 0; i < count; i++) {
        targets[i] = pool_take(tree->pool, sizeof(*targets[i]));
        if (targets[i] == NULL) {
            return NULL;
        }
    }
    for (size_t i = 0; i < count; i++) {
        *targets[i] = (struct path_target){node, stars[i]->targets};
        stars[i]->targets = targets[i];
    }
    node->wanted = true;
    return node;
}

void pathtree_scan(struct pathtree *tree, const char *payload, size_t size, struct pool *pool)
{
    struct path_scan scan = {.tree = tree, .payload = payload, .end = payload + size, .pool = pool};
    const char *begin = json_begin(payload, scan.end);

    tree->scans++;
    tree->no_memory = false;
    tree->document = begin < scan.end && (*begin == '{' || *begin == '[');
    if (begin == scan.end || (tree->predictor != NULL && pathpredictor_scan(tree->predictor, &scan, begin))) {
        return;
    }
    tree->scans++; /* what was found up to there does not count */
    pathdescent_visit(&scan, &tree->root, begin);
}
