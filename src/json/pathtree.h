/*
 * pathtree: a tree (a trie) of many JSON Pointers, whose values are all found in one scan of a text.
 *
 * Nodes are keys and list indexes; pointers with the same first parts share them. A scan finds where the
 * value of each pointer begins; values that no pointer leads into are skipped (jsonscanner.h), and the scan
 * ends where nothing more can be found. Of equal keys the first counts. A scan first tries the predictor,
 * which knows the shape of earlier texts (pathpredictor.h); where that fails, or the text is broken, a
 * recursive descent reads it value by value (pathdescent.h). Both find the same.
 *
 * What a pointer finds does not depend on the others in the tree: where the text is broken inside of a
 * value that only the others lead into, the scan goes on behind that value.
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
void pathtree_scan(struct pathtree *tree, const char *payload, size_t size, struct pool *pool);

#endif
