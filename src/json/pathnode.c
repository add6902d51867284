#include "json/pathnode.h"

#include "base/hash.h"
#include "json/jsonscalars.h"

#include <string.h>

/* More children than this are looked up by a hash of their whole key, in as many buckets. */
#define MOST_IN_FEW 32u

/* Keys of objects with many children, decoded: longer ones are compared with each. */
#define DECODED 256u

/* For few children: cheap, and good enough to tell them apart. */
static size_t few_bucket(const char *key, size_t length)
{
    return length == 0 ? 0 : (length + 5 * (size_t)(unsigned char)key[length - 1]) % PATH_BUCKETS;
}

/* The bucket that a key belongs to. */
static inline struct path_node *const *bucket_of(const struct path_node *node, const char *key, size_t length)
{
    return node->many == NULL ? &node->buckets[few_bucket(key, length)]
                              : &node->many[hash_bytes(HASH_BASIS, key, length) & (node->many_count - 1)];
}

static inline struct path_node *find_child(const struct path_node *node, const char *key, size_t length)
{
    struct path_node *child = *bucket_of(node, key, length);

    while (child != NULL &&
           (child->part->length != length || !json_same_bytes(child->part->text, key, length))) {
        child = child->next;
    }
    return child;
}

/* Compares a key with escapes with those of all children. */
static struct path_node *find_among_all(const struct path_node *node, const char *key, const char *close)
{
    struct path_node *const *buckets = node->many == NULL ? node->buckets : node->many;
    size_t count = node->many == NULL ? PATH_BUCKETS : node->many_count;

    for (size_t i = 0; i < count; i++) {
        struct path_node *child = buckets[i];

        for (; child != NULL; child = child->next) {
            if (json_string_equals(key, close, child->part->text, child->part->length)) {
                return child;
            }
        }
    }
    return NULL;
}

/* The child of a key in a text, with escapes in it. */
static struct path_node *find_escaped_child(const struct path_node *node, const char *key, const char *close)
{
    char decoded[DECODED];
    const char *fault = NULL, *end;

    if (node->many == NULL || (size_t)(close - key) > sizeof(decoded)) {
        return find_among_all(node, key, close);
    }
    end = json_unescape(decoded, key, close, &fault);
    return end != NULL ? find_child(node, decoded, (size_t)(end - decoded)) : NULL;
}

struct path_node *path_node_child(const struct path_node *node, const struct json_key *key)
{
    if (node->children == 0) {
        return NULL;
    }
    return key->escaped ? find_escaped_child(node, key->begin, key->close)
                        : find_child(node, key->begin, (size_t)(key->close - key->begin));
}

static void put(struct path_node *node, struct path_node *child)
{
    struct path_node **link = (struct path_node **)bucket_of(node, child->part->text, child->part->length);

    child->next = *link;
    *link = child;
}

/* Doubles the buckets of a node that has many children. Without memory they stay as they are. */
static void spread(struct path_node *node, struct pool *pool)
{
    struct path_node **old = node->many == NULL ? node->buckets : node->many;
    size_t old_count = node->many == NULL ? PATH_BUCKETS : node->many_count,
           count = 2 * (size_t)node->children;
    struct path_node **many = pool_take(pool, count * sizeof(struct path_node *));

    if (many == NULL) {
        return;
    }
    memset(many, 0, count * sizeof(struct path_node *));
    node->many = many;
    node->many_count = count;
    for (size_t i = 0; i < old_count; i++) {
        struct path_node *child = old[i], *next;

        for (; child != NULL; child = next) {
            next = child->next;
            put(node, child);
        }
    }
}

static void add_child(struct path_node *node, struct path_node *child, struct pool *pool)
{
    size_t most = node->many == NULL ? MOST_IN_FEW : node->many_count;

    put(node, child);
    node->children++;
    if (node->children >= most && (node->children & (node->children - 1)) == 0) {
        spread(node, pool);
    }
    if (child->part->is_number) {
        child->next_number = node->numbers;
        node->numbers_in_order = node->numbers == NULL;
        node->numbers = child;
    }
}

/* Merges two lists that are in order. */
static struct path_node *merge(struct path_node *a, struct path_node *b)
{
    struct path_node *first = NULL, **link = &first;

    while (a != NULL && b != NULL) {
        struct path_node **smaller = a->part->number <= b->part->number ? &a : &b;

        *link = *smaller;
        link = &(*link)->next_number;
        *smaller = *link;
    }
    *link = a != NULL ? a : b;
    return first;
}

struct path_node *path_node_numbers(struct path_node *node)
{
    struct path_node *sorted[32] = {NULL}; /* number i: of 2^i nodes, or none */
    struct path_node *left = node->numbers_in_order ? NULL : node->numbers, *all = NULL;

    if (left == NULL) {
        return node->numbers;
    }
    while (left != NULL) {
        struct path_node *run = left;
        size_t i = 0;

        left = left->next_number;
        run->next_number = NULL;
        for (; i < 31 && sorted[i] != NULL; i++) {
            run = merge(sorted[i], run);
            sorted[i] = NULL;
        }
        sorted[i] = merge(sorted[i], run);
    }
    for (size_t i = 0; i < 32; i++) {
        all = merge(all, sorted[i]);
    }
    node->numbers = all;
    node->numbers_in_order = true;
    return all;
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
        add_child(node, child, pool);
    }
    return child;
}
