#include "json/pathdescent.h"

#include <string.h>

void walk_add_mark(struct walk *walk, struct path_node *node, struct path_mark mark)
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

static const char *visit(struct walk *walk, struct path_node *node, const char *at, bool go_on);

/* An element that a `*` stands for, as visit. */
static const char *visit_starred(struct walk *walk, struct path_node *star, const char *at, bool go_on)
{
    const char *behind = visit(walk, star, at, go_on);

    for (struct path_wish *wish = star->wishes; wish != NULL; wish = wish->next) {
        walk_add_mark(walk, wish->node, (struct path_mark){.ends = star->level});
    }
    return behind;
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
        child = path_node_child(node, &key);
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
        at = json_next_element(walk_close(walk, at), walk->end, '}');
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
        at = json_next_element(walk_close(walk, at), walk->end, ']');
    }
    return at != NULL && at < walk->end ? at + 1 : NULL;
}

static const char *visit_string(struct walk *walk, struct path_node *node, const char *at)
{
    bool plain;
    const char *close = json_plain_string_end(at + 1, walk->end, &plain);

    if (close == NULL) {
        return NULL;
    }
    node->text = plain ? (uint32_t)(close - at - 1) : PATH_NO_TEXT;
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
        walk_find(walk, node, at);
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

void pathvisit_all(struct walk *walk, struct path_node *node, const char *at)
{
    visit(walk, node, at, false);
}

const char *pathvisit_over(struct walk *walk, struct path_node *node, const char *at)
{
    walk->open = 0;
    return walk_close(walk, visit_value(walk, node, NULL, at, true));
}
