/*
 * pathdescent: a walk value by value, whatever the text is.
 *
 * It goes down the tree and the text side by side, and needs no earlier text. What a pointer finds does not
 * depend on the others: where the text is broken inside of a value that only the others lead into, it goes on
 * behind that value.
 */
#ifndef LURE_JSON_PATHDESCENT_H
#define LURE_JSON_PATHDESCENT_H

#include "json/jsonscanner.h"
#include "json/pathnode.h"

/* Visits the value at `at`, with all that the node and those below it want of it, as far as they do. */
void pathvisit_all(struct walk *walk, struct path_node *node, const char *at);

/* The same up to its end. Answers the place behind it; NULL: it has no end. */
const char *pathvisit_over(struct walk *walk, struct path_node *node, const char *at);

/* Adds a mark to those of a node behind a `*`. */
void walk_add_mark(struct walk *walk, struct path_node *node, struct path_mark mark);

/* The node's value begins at `at`. */
static inline void walk_find(struct walk *walk, struct path_node *node, const char *at)
{
    uint32_t place = (uint32_t)(at - walk->payload);

    if (node->level > 0) {
        walk_add_mark(walk, node, (struct path_mark){.place = place});
    } else {
        node->walk = walk->tree->walks;
        node->place = place;
        node->text = PATH_NO_TEXT;
        node->word = 0;
    }
}

/* From `at` over the ends of walk->open containers. NULL: they have none, or `at` is NULL. */
static inline const char *walk_close(struct walk *walk, const char *at)
{
    size_t open = walk->open;

    walk->open = 0;
    if (open == 0 || at == NULL) {
        return at;
    }
    while (at < walk->end && (*at == '}' || *at == ']')) { /* nothing more was in them */
        at++;
        if (--open == 0) {
            return at;
        }
    }
    return json_container_rest(at, walk->end, open);
}

#endif
