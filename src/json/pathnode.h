/*
 * pathnode: the nodes of a tree (a trie) of JSON Pointers, and the state of one scan of a text for all of
 * them.
 *
 * Pointers with the same first parts share nodes. A scan writes into the nodes where their values begin.
 * These structs are shared by pathtree.h, pathpredictor.h, predictedstep.h and pathdescent.h. Nodes are in a
 * pool, and refer to the pointers' texts.
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

/* A node below a `*` at which a pointer ends. */
struct path_target {
    struct path_node *node;
    struct path_target *next;
};

#define PATH_BUCKETS 8 /* of a node with few children */
#define PATH_NO_TEXT UINT32_MAX

/* What a pointer, or the first parts of one, leads to. */
struct path_node {
    const struct pointer_part *part;         /* the last one; NULL: the whole document */
    struct path_node *next;                  /* with the same parent, in its bucket */
    struct path_node *buckets[PATH_BUCKETS]; /* children by key, */
    struct path_node **many;                 /* or, if there are many: NULL, or so many buckets */
    size_t many_count;                       /* (a power of two) */
    struct path_node *numbers, *next_number; /* those of them that are also numbers; */
    bool numbers_in_order;                   /* see path_node_numbers */
    struct path_node *star;                  /* the child that stands for each element */
    struct path_target *targets;             /* of a star: the nodes below it that are wanted */
    unsigned children;                       /* with a key */
    uint32_t level;                          /* how many `*` lead here */
    bool wanted;                             /* a pointer ends here */
    uint64_t seen;                           /* the visit of its parent in which it was found */
    uint64_t scan;                           /* the scan in which it was found */
    uint32_t place;                          /* where, if no `*` leads here */
    uint32_t text;            /* of a plain string the length of its inside; PATH_NO_TEXT: not known */
    uint32_t word;            /* of a number, or true, false or null, its length; 0: not known */
    uint32_t count, capacity; /* if one does: */
    struct path_mark *marks;  /* in the payload's pool */
};

struct pathtree {
    struct path_node root;
    struct pool *pool;               /* of the nodes */
    struct pathpredictor *predictor; /* or NULL: for a tree of one text */
    uint64_t scans, visits;          /* so far */
    bool document;                   /* the last scan was over a list or an object */
    bool no_memory;                  /* its pool was out of memory */
};

/* A scan of one payload. */
struct path_scan {
    struct pathtree *tree;
    const char *payload, *end;
    struct pool *pool; /* of marks */
    size_t open;       /* how many containers end behind the place that a visit has returned */
};

/* The child of `node` that a key of an object names; NULL: none. */
struct path_node *path_node_child(const struct path_node *node, const struct json_key *key);

/* The children that are also numbers, the smallest first; NULL: none. */
struct path_node *path_node_numbers(struct path_node *node);

/* The child that a part of a pointer names, made in `pool` if it is new. NULL: out of memory. */
struct path_node *path_node_take(struct path_node *node, const struct pointer_part *part, struct pool *pool);

/* True if the last scan found what leads to the node, or elements on the way to it. */
static inline bool pathtree_found(const struct pathtree *tree, const struct path_node *node)
{
    return node->scan == tree->scans;
}

#endif
