/*
 * pathnode: what JSON Pointers lead to, as a tree of nodes, and a walk over one text for all of them.
 *
 * The data that pathtree.h, pathpredictor.h, predictedstep.h and pathdescent.h share, and how a node finds
 * its children. Nodes are in a pool, and refer to the pointers' texts.
 */
#ifndef LURE_JSON_PATHNODE_H
#define LURE_JSON_PATHNODE_H

#include "base/pool.h"
#include "json/jsonlookup.h"
#include "json/jsonpointer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pathpredictor;

/* One thing that was found behind a `*`: a value; or an element has ended, with all that was found in it. */
struct path_mark {
    uint32_t place; /* where the value begins in the payload */
    uint32_t ends;  /* 0: a value. N: an element of the pointer's Nth `*` ends here */
};

/* That a node behind a `*` is wanted. */
struct path_wish {
    struct path_node *node;
    struct path_wish *next;
};

#define PATH_BUCKETS 8
#define PATH_NO_TEXT UINT32_MAX

/* Where a pointer, or the begin of one, leads to. */
struct path_node {
    const struct pointer_part *part;         /* the last one; NULL: the whole document */
    struct path_node *next;                  /* with the same parent, in its bucket */
    struct path_node *buckets[PATH_BUCKETS]; /* children by key */
    struct path_node *numbers, *next_number; /* those of them that are also numbers, in order */
    struct path_node *star;                  /* each child */
    struct path_wish *wishes;                /* of a star: the nodes below it that are wanted */
    unsigned children;                       /* with a key */
    uint32_t level;                          /* how many `*` lead here */
    bool wanted;                             /* a pointer ends here */
    uint64_t seen;                           /* the visit of its parent in which it was found */
    uint64_t walk;                           /* the walk in which it was found */
    uint32_t place;                          /* where, if no `*` leads here */
    uint32_t text;           /* of a plain string the length of its inside; PATH_NO_TEXT: not known */
    uint32_t word;           /* of a number, or true, false or null, its length; 0: not known */
    uint32_t count, room;    /* if one does: */
    struct path_mark *marks; /* in the payload's pool */
};

struct pathtree {
    struct path_node root;
    struct pool *pool;               /* of the nodes */
    struct pathpredictor *predictor; /* or NULL: there will not be many texts */
    uint64_t walks, visits;          /* so far */
    bool document;                   /* the last walk was over a list or an object */
    bool no_memory;                  /* it had not enough */
};

/* What a walk is over. */
struct walk {
    struct pathtree *tree;
    const char *payload, *end;
    struct pool *pool; /* of marks */
    size_t open;       /* how many containers are still to be closed behind what a visit answered */
};

/* The child of `node` that a key of an object names; NULL: none. */
struct path_node *path_node_child(const struct path_node *node, const struct json_key *key);

/* The child that a part of a pointer names, made in `pool` if it is new. NULL: out of memory. */
struct path_node *path_node_take(struct path_node *node, const struct pointer_part *part, struct pool *pool);

/* True if the last walk found what leads to the node, or elements on the way to it. */
static inline bool pathtree_found(const struct pathtree *tree, const struct path_node *node)
{
    return node->walk == tree->walks;
}

#endif
