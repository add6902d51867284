#include "json/pathnode.h"

#include "json/jsonscalars.h"

static size_t bucket_of_key(const char *key, size_t length)
{
    return length == 0 ? 0 : (length + 5 * (size_t)(unsigned char)key[length - 1]) % PATH_BUCKETS;
}

static inline struct path_node *find_child(const struct path_node *node, const char *key, size_t length)
{
    struct path_node *child = node->buckets[bucket_of_key(key, length)];

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

struct path_node *path_node_child(const struct path_node *node, const struct json_key *key)
{
    if (node->children == 0) {
        return NULL;
    }
    return key->escaped ? find_escaped_child(node, key->begin, key->close)
                        : find_child(node, key->begin, (size_t)(key->close - key->begin));
}

static void add_child(struct path_node *node, struct path_node *child)
{
    struct path_node **link = &node->buckets[bucket_of_key(child->part->text, child->part->length)];

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

struct path_node *path_node_take(struct path_node *node, const struct pointer_part *part, struct pool *pool)
{
    struct path_node *child = part->star ? node->star : find_child(node, part->text, part->length);

    if (child != NULL) {
        return child;
    }
    child = pool_take(pool, sizeof(*child));
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
