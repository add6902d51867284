/*
 * pathtree: many JSON Pointers answered by one pass over a text.
 *
 * A tree of keys and numbers, as the pointers have them; those with the same begin share it. One walk
 * over a payload finds where the values begin that any pointer of the tree leads to; what none wants is
 * skipped (jsonscanner.h), and the walk ends where nothing more can be found. Of equal keys the first counts.
 * Where a text looks like earlier ones most of it need not be read again (pathpredictor.h); else, and where
 * it is broken, it is visited value by value (pathdescent.h). Both find the same.
 *
 * What a pointer finds does not depend on the others in the tree: where the text is broken inside of a
 * value that only the others lead into, it goes on behind that value.
 *
 * Owner: the plugin state. Nodes are in the pool given, and refer to the pointers' texts. Nothing recurses
 * in the payload's depth, and nothing outside the payload is read.
 */
#ifndef LURE_JSON_PATHTREE_H
#define LURE_JSON_PATHTREE_H

#include "json/pathnode.h"
#include "json/pathpredictor.h"

/* The node that a pointer leads to, made if it is new. NULL: out of memory; the tree stays usable. */
struct path_node *pathtree_add(struct pathtree *tree, const struct pointer *pointer);

/* Finds all nodes in a payload. Marks are taken from `pool`. */
void pathtree_walk(struct pathtree *tree, const char *payload, size_t size, struct pool *pool);

#endif
