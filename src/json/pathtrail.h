/*
 * pathtrail: the way through an object, as earlier texts went.
 *
 * Events of one source look alike. What a walk (pathtree.h) looks at in one of them are values: some are
 * wanted, others skipped. What stands between two of them, keys and commas, an object that begins or ends, is
 * mostly what stood there before. So it is kept, as a step, with what it led to; where a text has the same
 * bytes they mean the same, and one comparison stands for reading them. Many a value is always the same, too;
 * then it is part of what is compared.
 *
 * Steps begin and end in places: an object of the tree in which certain children were found. That, and the
 * bytes, are all that their meaning depends on, so a place is left by as many steps as were ever seen there,
 * and each knows which came next the last times.
 *
 * Where that mostly was another step, as in objects whose keys have no order, a trail costs more than it
 * brings: it rests for a while then.
 *
 * Owner: the tree, and its lock. Memory is bounded, whatever the texts are; without it nothing is learned.
 */
#ifndef LURE_JSON_PATHTRAIL_H
#define LURE_JSON_PATHTRAIL_H

#include "base/pool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct path_node;
struct pathtree;
struct trail_place;

/* All zero is empty. */
struct pathtrail {
    struct pool pool;
    struct trail_place *begin; /* of every text; NULL: nothing is known yet */
    unsigned steps, places;    /* how many there are */
    unsigned misled;           /* walks that went other ways, less those that did not */
    unsigned rest, next_rest;  /* walks to leave out: now, and the next time */
    uint64_t walk;             /* the current one */
    uint64_t full;             /* the first in which something was not kept, for there is too much; or 0 */
};

/* What a walk is over. */
struct walk {
    struct pathtree *tree;
    const char *payload, *end;
    struct pool *pool; /* of marks */
    size_t open;       /* how many containers are still to be closed behind what a visit answered */
};

/* Walks over the object at `at` for all that the tree wants. False: that was not possible, and what was found
 * is not all; the text is broken, or unusual, or memory is out. */
bool pathtrail_follow(struct pathtrail *trail, struct walk *walk, const char *at);

/* Forgets all: the tree has changed. */
void pathtrail_clear(struct pathtrail *trail);

#endif
