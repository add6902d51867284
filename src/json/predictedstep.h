/*
 * predictedstep: the data of the path predictor (pathpredictor.h): its places, and the steps between them.
 *
 * A step is the bytes from behind one value of a text to the next value. Where no known step matches a text,
 * a new one is parsed here, by the rules of pathdescent.h: what a key leads to, of equal keys the first, what
 * is skipped.
 */
#ifndef LURE_JSON_PREDICTEDSTEP_H
#define LURE_JSON_PREDICTEDSTEP_H

#include "base/pool.h"
#include "json/pathnode.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STEP_BYTES       115
#define PREDICTOR_STEPS  2048u /* at most */
#define PLACE_STEPS      64u   /* that lead away from one place */
#define PREDICTOR_PLACES 2048u /* at most */
#define PLACE_BUCKETS    8u

/* How often in a row a value was the same, until it becomes a part of the step; or differed, until it is no
 * longer compared. */
#define STEP_TRUSTED  3
#define STEP_GIVEN_UP (-8)

_Static_assert(2 * POINTER_MOST_PARTS < UINT8_MAX, "a step knows how many containers it leaves");

/* What stands behind a step's bytes. */
enum step_kind {
    STEP_STRING,    /* the inside of a string */
    STEP_CONTAINER, /* that of a list or an object, which nothing leads into */
    STEP_WORD,      /* a number, or true, false or null */
    STEP_VISITED,   /* a value for pathdescent.h: with a `*` in it, for example */
    STEP_NOTHING    /* only ends of containers */
};

/* The step that came next the last time, and the one before that; or NULL. */
struct predictor_next {
    struct predictor_step *expected, *other;
};

struct predictor_step {
    struct predictor_next next;
    struct predictor_place *to;     /* where the step leads; NULL: nothing more is wanted */
    struct path_node *node;         /* whose value stands behind the bytes, or NULL */
    struct predictor_step *sibling; /* in its bucket */
    uint8_t kind;
    uint8_t closes; /* containers that are left behind the value, before they have ended */
    uint8_t length; /* of the bytes, up to the value */
    uint8_t whole;  /* the same with the value as it was the last time, and its end; 0: it is not kept */
    int8_t trust;   /* how often that was the same, up to STEP_TRUSTED; or not, down to STEP_GIVEN_UP */
    char bytes[STEP_BYTES];
};

/* A state: an object of the tree in which some children were found; the first one is the begin of the text.
 */
struct predictor_place {
    struct path_node *node;          /* NULL: the begin */
    struct predictor_place *outer;   /* where it goes on behind the object; NULL: nowhere */
    unsigned lists;                  /* whose first element the object is, one in another */
    unsigned left;                   /* children that were not found yet */
    struct predictor_place *before;  /* the place with one less; NULL: none was found */
    struct path_node *found;         /* the one that was found since */
    struct predictor_place *others;  /* places known from here: with one more found, or in an object inside */
    struct predictor_place *sibling; /* in such a list */
    struct predictor_next next;      /* of the begin only */
    struct predictor_step *steps[PLACE_BUCKETS];
    unsigned count;
};

/* The predictor; all zero is empty. */
struct pathpredictor {
    struct pool pool;
    struct predictor_place *begin;  /* of every text; NULL: nothing is known yet */
    unsigned steps, places;         /* how many there are */
    unsigned mispredicted;          /* scans that went other ways, less those that did not */
    unsigned backoff, next_backoff; /* scans to leave out: now, and the next time */
    uint64_t scan;                  /* the current one */
    uint64_t full; /* the first in which something was not kept, for there is too much; or 0 */
};

/* The first place of a predictor, and that of the root's objects. False: out of memory. */
bool predictor_begin(struct pathpredictor *predictor, struct path_node *root);

/*
 * Parses the step from a place at `at`, and adds it to the place's, where it is new. Returns where its value
 * begins; NULL: the text is broken or unusual, or memory is out. `*kept` is the step; NULL: it is only in
 * `read`, because there are too many or it is long.
 */
const char *predictor_read(struct pathpredictor *predictor, struct predictor_place *place, const char *at,
                           const char *end, struct predictor_step *read, struct predictor_step **kept);

/* Compares the value of a step, from `value` to `behind`, with the one before. */
void predictor_update_trust(struct predictor_step *step, const char *value, const char *behind);

#endif
