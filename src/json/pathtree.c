#include "json/pathtree.h"

#include "json/jsonscalars.h"
#include "json/pathdescent.h"

struct path_node *pathtree_add(struct pathtree *tree, const struct pointer *pointer)
{
    struct path_node *node = &tree->root, *stars[POINTER_MOST_PARTS];
    struct path_wish *wishes[POINTER_MOST_PARTS];
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
        wishes[i] = pool_take(tree->pool, sizeof(*wishes[i]));
        if (wishes[i] == NULL) {
            return NULL;
        }
    }
    for (size_t i = 0; i < count; i++) {
        *wishes[i] = (struct path_wish){node, stars[i]->wishes};
        stars[i]->wishes = wishes[i];
    }
    node->wanted = true;
    return node;
}

void pathtree_walk(struct pathtree *tree, const char *payload, size_t size, struct pool *pool)
{
    struct walk walk = {.tree = tree, .payload = payload, .end = payload + size, .pool = pool};
    const char *begin = json_begin(payload, walk.end);

    tree->walks++;
    tree->no_memory = false;
    tree->document = begin < walk.end && (*begin == '{' || *begin == '[');
    if (begin == walk.end ||
        (tree->predictor != NULL && pathpredictor_follow(tree->predictor, &walk, begin))) {
        return;
    }
    tree->walks++; /* what was found up to there does not count */
    pathvisit_all(&walk, &tree->root, begin);
}
