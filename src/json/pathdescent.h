/*
 * pathdescent: a path scan by recursive descent: into the tree of pointers (pathtree.h) and the text at once.
 *
 * It finds the same as the predictor (pathpredictor.h), in any text, and reads it value by value. The depth
 * of the recursion is that of the tree. What a pointer finds does not depend on the others: where the text is
 * broken inside of a value that only the others lead into, the scan goes on behind that value.
 */
#ifndef LURE_JSON_PATHDESCENT_H
#define LURE_JSON_PATHDESCENT_H

#include "json/jsonscanner.h"
#include "json/pathnode.h"

/* Visits the value at `at`, with all that the node and those below it want of it, as far as they do. */
void pathdescent_visit(struct path_scan *scan, struct path_node *node, const char *at);

/* The same up to its end. Returns the place behind it; NULL: it has no end. */
const char *pathdescent_pass(struct path_scan *scan, struct path_node *node, const char *at);

/* Adds a mark to those of a node behind a `*`. */
void scan_add_mark(struct path_scan *scan, struct path_node *node, struct path_mark mark);

/* Notes that the node's value begins at `at`. */
static inline void scan_found(struct path_scan *scan, struct path_node *node, const char *at)
{
    uint32_t place = (uint32_t)(at - scan->payload);

    if (node->level > 0) {
        scan_add_mark(scan, node, (struct path_mark){.place = place});
    } else {
        node->scan = scan->tree->scans;
        node->place = place;
        node->text = PATH_NO_TEXT;
        node->word = 0;
    }
}

/* From `at` behind the ends of scan->open containers. NULL: they have none, or `at` is NULL. */
static inline const char *scan_close(struct path_scan *scan, const char *at)
{
    size_t open = scan->open;

    scan->open = 0;
    if (open == 0 || at == NULL) {
        return at;
    }
    while (at < scan->end && (*at == '}' || *at == ']')) { /* nothing more was in them */
        at++;
        if (--open == 0) {
            return at;
        }
    }
    return json_container_rest(at, scan->end, open);
}

#endif
