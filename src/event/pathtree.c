#include "event/pathtree.h"

#include "event/json.h"
#include "event/jsonfind.h"
#include "event/jsonskip.h"

#include <string.h>

/* That a node behind a `*` is wanted. */
struct path_wish {
    struct path_node *node;
    struct path_wish *next;
};

struct walk {
    struct pathtree *tree;
    const char *payload, *end;
    struct pool *pool;
    size_t open; /* how many containers are still to be closed behind what `visit` answered */
};

/* ---- the tree ---- */

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

/* ---- what is found ---- */

static void add_mark(struct walk *walk, struct path_node *node, struct path_mark mark)
{
    if (node->walk != walk->tree->walks) {
        node->walk = walk->tree->walks;
        node->count = node->room = 0;
    }
    if (node->count == node->room) {
        uint32_t room = node->room == 0 ? 8 : 2 * node->room;
        struct path_mark *marks =
            room > node->room ? pool_take(walk->pool, (size_t)room * sizeof(*marks)) : NULL;

        if (marks == NULL) {
            walk->tree->no_memory = true;
            return;
        }
        if (node->count > 0) {
            memcpy(marks, node->marks, node->count * sizeof(*marks));
        }
        node->marks = marks;
        node->room = room;
    }
    node->marks[node->count++] = mark;
}

static void find_node(struct walk *walk, struct path_node *node, const char *at)
{
    uint32_t place = (uint32_t)(at - walk->payload);

    if (node->level > 0) {
        add_mark(walk, node, (struct path_mark){.place = place});
    } else {
        node->walk = walk->tree->walks;
        node->place = place;
        node->text = PATH_NO_TEXT;
    }
}

/* ---- the walk ---- */

static const char *visit(struct walk *walk, struct path_node *node, const char *at, bool go_on);

/* An element that a `*` stands for, as visit. */
static const char *visit_starred(struct walk *walk, struct path_node *star, const char *at, bool go_on)
{
    const char *behind = visit(walk, star, at, go_on);

    for (struct path_wish *wish = star->wishes; wish != NULL; wish = wish->next) {
        add_mark(walk, wish->node, (struct path_mark){.ends = star->level});
    }
    return behind;
}

/* From what visit answered to the end of the value. */
static const char *close_open(struct walk *walk, const char *at)
{
    if (walk->open > 0 && at != NULL) {
        at = json_container_rest(at, walk->end, walk->open);
    }
    walk->open = 0;
    return at;
}

/* A value, which `child` (or NULL) and `star` (or NULL) lead into. Answers its end where `go_on` wants it. */
static const char *visit_value(struct walk *walk, struct path_node *child, struct path_node *star,
                               const char *at, bool go_on)
{
    const char *behind = NULL;

    if (child != NULL) {
        behind = visit(walk, child, at, go_on && star == NULL);
    }
    if (star != NULL) {
        walk->open = 0;
        behind = visit_starred(walk, star, at, go_on);
    }
    if (behind != NULL || !go_on) {
        return behind;
    }
    walk->open = 0;
    return json_skip_value(at, walk->end);
}

/* The child that a key of an object leads to; NULL: none. */
static struct path_node *child_of(const struct path_node *node, const struct json_key *key)
{
    if (node->children == 0) {
        return NULL;
    }
    return key->escaped ? find_escaped_child(node, key->begin, key->close)
                        : find_child(node, key->begin, (size_t)(key->close - key->begin));
}

static const char *visit_object(struct walk *walk, struct path_node *node, const char *at, bool go_on)
{
    const uint64_t number = ++walk->tree->visits;
    unsigned left = node->children;

    at = json_skip_space(at + 1, walk->end);
    while (at != NULL && at < walk->end && *at != '}') {
        struct path_node *child;
        struct json_key key;
        bool more;

        at = json_read_key(at, walk->end, &key);
        if (at == NULL) {
            return NULL;
        }
        child = child_of(node, &key);
        if (child != NULL && child->seen == number) {
            child = NULL; /* the first of equal keys counts */
        } else if (child != NULL) {
            child->seen = number;
            left--;
        }
        more = left > 0 || node->star != NULL;
        at = child != NULL || node->star != NULL ? visit_value(walk, child, node->star, at, go_on || more)
                                                 : json_skip_value(at, walk->end);
        if (!more) {
            walk->open++;
            return at;
        }
        at = json_next_element(close_open(walk, at), walk->end, '}');
    }
    return at != NULL && at < walk->end ? at + 1 : NULL;
}

static const char *visit_list(struct walk *walk, struct path_node *node, const char *at, bool go_on)
{
    struct path_node *wanted = node->numbers;
    uint64_t place = 0;

    at = json_skip_space(at + 1, walk->end);
    for (; at != NULL && at < walk->end && *at != ']'; place++) {
        struct path_node *child = NULL;
        bool more;

        if (wanted != NULL && wanted->part->number == place) {
            child = wanted;
            wanted = wanted->next_number;
        }
        more = wanted != NULL || node->star != NULL;
        at = child != NULL || node->star != NULL ? visit_value(walk, child, node->star, at, go_on || more)
                                                 : json_skip_value(at, walk->end);
        if (!more) {
            walk->open++;
            return at;
        }
        at = json_next_element(close_open(walk, at), walk->end, ']');
    }
    return at != NULL && at < walk->end ? at + 1 : NULL;
}

static const char *visit_string(struct walk *walk, struct path_node *node, const char *at)
{
    bool escaped;
    const char *close = json_string_end(at + 1, walk->end, &escaped);

    if (close == NULL) {
        return NULL;
    }
    node->text = escaped ? PATH_NO_TEXT : (uint32_t)(close - at - 1);
    return close + 1;
}

/*
 * The value at `at`, which is inside the payload, with all that the node and those below it want of it.
 * If `go_on` wants it, answers a place in it behind which walk->open brackets close it, or NULL where the
 * text is broken.
 */
static const char *visit(struct walk *walk, struct path_node *node, const char *at, bool go_on)
{
    if (node->wanted) {
        find_node(walk, node, at);
    }
    if (*at == '"') {
        return visit_string(walk, node, at);
    }
    if (*at == '{' && (node->children > 0 || node->star != NULL)) {
        return visit_object(walk, node, at, go_on);
    }
    if (*at == '[' && (node->numbers != NULL || node->star != NULL)) {
        return visit_list(walk, node, at, go_on);
    }
    return go_on ? json_skip_value(at, walk->end) : NULL;
}

void pathtree_walk(struct pathtree *tree, const char *payload, size_t size, struct pool *pool)
{
    struct walk walk = {.tree = tree, .payload = payload, .end = payload + size, .pool = pool};
    const char *begin = json_skip_space(payload, walk.end);

    tree->walks++;
    tree->no_memory = false;
    tree->document = begin < walk.end && (*begin == '{' || *begin == '[');
    if (begin < walk.end) {
        visit(&walk, &tree->root, begin, false);
    }
}
