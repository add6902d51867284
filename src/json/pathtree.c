#include "json/pathtree.h"

#include "json/json.h"
#include "json/pathvisit.h"

static size_t bucket_of(const char *key, size_t length)
{
    return length == 0 ? 0 : (length + 5 * (size_t)(unsigned char)key[length - 1]) % PATH_BUCKETS;
}

static inline struct path_node *find_child(const struct path_node *node, const char *key, size_t length)
{
    struct path_node *child = node->buckets[bucket_of(key, length)];

    while (child != NULL &&
           (child->part->length != length || !json_same_bytes(child->part->text, key, length))) {
        child = child->next;
    }
    return child;
}

/* The same for a key in a text, with escapes in it. */
static struct path_node *find_escaped_child(const struct path_node *node, const char *key, const char *close)
{
    for (size_t i = 0; i < PATH_BUCKETS; i++) {
        struct path_node *child = node->buckets[i];

        for (; child != NULL; child = child->next) {
            if (json_string_equals(key, close, child->part->text, child->part->length)) {
                return child;
            }
        }
    }
    return NULL;
}

struct path_node *pathtree_child(const struct path_node *node, const struct json_key *key)
{
    if (node->children == 0) {
        return NULL;
    }
    return key->escaped ? find_escaped_child(node, key->begin, key->close)
                        : find_child(node, key->begin, (size_t)(key->close - key->begin));
}

static void add_child(struct path_node *node, struct path_node *child)
{
    struct path_node **link = &node->buckets[bucket_of(child->part->text, child->part->length)];

    child->next = *link;
    *link = child;
    node->children++;
    if (!child->part->is_number) {
        return;
    }
    link = &node->numbers;
    while (*link != NULL && (*link)->part->number < child->part->number) {
        link = &(*link)->next_number;
    }
    child->next_number = *link;
    *link = child;
}

/* The child of `node` that the part names. NULL: out of memory. */
static struct path_node *take_child(struct pathtree *tree, struct path_node *node,
                                    const struct pointer_part *part)
{
    struct path_node *child = part->star ? node->star : find_child(node, part->text, part->length);

    if (child != NULL) {
        return child;
    }
    child = pool_take(tree->pool, sizeof(*child));
    if (child == NULL) {
        return NULL;
    }
    *child = (struct path_node){.part = part, .level = node->level + part->star};
    if (part->star) {
        node->star = child;
    } else {
        add_child(node, child);
    }
    return child;
}

struct path_node *pathtree_add(struct pathtree *tree, const struct pointer *pointer)
{
    struct path_node *node = &tree->root, *stars[POINTER_MOST_PARTS];
    struct path_wish *wishes[POINTER_MOST_PARTS];
    size_t count = 0;

    if (tree->trail != NULL) {
        pathtrail_clear(tree->trail);
    }
    for (size_t i = 0; i < pointer->count; i++) {
        node = take_child(tree, node, &pointer->parts[i]);
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
    if (begin == walk.end || (tree->trail != NULL && pathtrail_follow(tree->trail, &walk, begin))) {
        return;
    }
    tree->walks++; /* what was found up to there does not count */
    pathvisit_all(&walk, &tree->root, begin);
}
