#include "json/pathdescent.h"

#include <string.h>

void scan_add_mark(struct path_scan *scan, struct path_node *node, struct path_mark mark)
{
    if (node->scan != scan->tree->scans) {
        node->scan = scan->tree->scans;
        node->count = node->capacity = 0;
    }
    if (node->count == node->capacity) {
        uint32_t capacity = node->capacity == 0 ? 8 : 2 * node->capacity;
        struct path_mark *marks =
            capacity > node->capacity ? pool_take(scan->pool, (size_t)capacity * sizeof(*marks)) : NULL;

        if (marks == NULL) {
            scan->tree->no_memory = true;
            return;
        }
        if (node->count > 0) {
            memcpy(marks, node->marks, node->count * sizeof(*marks));
        }
        node->marks = marks;
        node->capacity = capacity;
    }
    node->marks[node->count++] = mark;
}

static const char *visit(struct path_scan *scan, struct path_node *node, const char *at, bool go_on);

/* An element that a `*` stands for, as visit. */
static const char *visit_starred(struct path_scan *scan, struct path_node *star, const char *at, bool go_on)
{
    const char *behind = visit(scan, star, at, go_on);

    for (struct path_target *target = star->targets; target != NULL; target = target->next) {
        scan_add_mark(scan, target->node, (struct path_mark){.ends = star->level});
    }
    return behind;
}

/* A value, which `child` (or NULL) and `star` (or NULL) lead into. Returns its end where `go_on` wants it. */
static const char *visit_value(struct path_scan *scan, struct path_node *child, struct path_node *star,
                               const char *at, bool go_on)
{
    const char *behind = NULL;

    if (child != NULL) {
        behind = visit(scan, child, at, go_on && star == NULL);
    }
    if (star != NULL) {
        scan->open = 0;
        behind = visit_starred(scan, star, at, go_on);
    }
    if (behind != NULL || !go_on) {
        return behind;
    }
    scan->open = 0;
    return json_skip_value(at, scan->end);
}

static const char *visit_object(struct path_scan *scan, struct path_node *node, const char *at, bool go_on)
{
    const uint64_t number = ++scan->tree->visits;
    unsigned left = node->children;

    at = json_skip_space(at + 1, scan->end);
    while (at != NULL && at < scan->end && *at != '}') {
        struct path_node *child;
        struct json_key key;
        bool more;

        at = json_read_key(at, scan->end, &key);
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
        at = child != NULL || node->star != NULL ? visit_value(scan, child, node->star, at, go_on || more)
                                                 : json_skip_value(at, scan->end);
        if (!more) {
            scan->open++;
            return at;
        }
        at = json_next_element(scan_close(scan, at), scan->end, '}');
    }
    return at != NULL && at < scan->end ? at + 1 : NULL;
}

static const char *visit_list(struct path_scan *scan, struct path_node *node, const char *at, bool go_on)
{
    struct path_node *wanted = path_node_numbers(node);
    uint64_t place = 0;

    at = json_skip_space(at + 1, scan->end);
    for (; at != NULL && at < scan->end && *at != ']'; place++) {
        struct path_node *child = NULL;
        bool more;

        if (wanted != NULL && wanted->part->number == place) {
            child = wanted;
            wanted = wanted->next_number;
        }
        more = wanted != NULL || node->star != NULL;
        at = child != NULL || node->star != NULL ? visit_value(scan, child, node->star, at, go_on || more)
                                                 : json_skip_value(at, scan->end);
        if (!more) {
            scan->open++;
            return at;
        }
        at = json_next_element(scan_close(scan, at), scan->end, ']');
    }
    return at != NULL && at < scan->end ? at + 1 : NULL;
}

static const char *visit_string(struct path_scan *scan, struct path_node *node, const char *at)
{
    bool plain;
    const char *close = json_plain_string_end(at + 1, scan->end, &plain);

    if (close == NULL) {
        return NULL;
    }
    node->text = plain ? (uint32_t)(close - at - 1) : PATH_NO_TEXT;
    return close + 1;
}

/*
 * The value at `at`, which is inside the payload, with all that the node and those below it want of it.
 * If `go_on` wants it, returns a place in it behind which scan->open brackets close it, or NULL where the
 * text is broken.
 */
static const char *visit(struct path_scan *scan, struct path_node *node, const char *at, bool go_on)
{
    if (node->wanted) {
        scan_found(scan, node, at);
    }
    if (*at == '"') {
        return visit_string(scan, node, at);
    }
    if (*at == '{' && (node->children > 0 || node->star != NULL)) {
        return visit_object(scan, node, at, go_on);
    }
    if (*at == '[' && (node->numbers != NULL || node->star != NULL)) {
        return visit_list(scan, node, at, go_on);
    }
    return go_on ? json_skip_value(at, scan->end) : NULL;
}

void pathdescent_visit(struct path_scan *scan, struct path_node *node, const char *at)
{
    visit(scan, node, at, false);
}

const char *pathdescent_pass(struct path_scan *scan, struct path_node *node, const char *at)
{
    scan->open = 0;
    return scan_close(scan, visit_value(scan, node, NULL, at, true));
}
