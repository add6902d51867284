/*
 * loopfreedraft: a program of regex/loopfree.h that is being made, step by step, in room of a fixed size.
 *
 * What returns false or NULL has found no room: the pattern needs more than a program may have.
 *
 * Owner: who makes it; on the C stack. Not thread safe.
 */
#ifndef LURE_REGEX_LOOPFREEDRAFT_H
#define LURE_REGEX_LOOPFREEDRAFT_H

#include "regex/loopfree.h"

/* A pattern that needs more is PCRE2's. */
#define LOOPFREE_MOST_STEPS   256
#define LOOPFREE_MOST_CLASSES 64
#define LOOPFREE_MOST_BYTES   1024

struct loopfree_draft {
    struct loopfree program; /* without its arrays */
    struct loopfree_step steps[LOOPFREE_MOST_STEPS];
    unsigned char classes[LOOPFREE_MOST_CLASSES][32]; /* 256 bits */
    unsigned char bytes[LOOPFREE_MOST_BYTES];
    size_t class_count, byte_count;
    size_t joint; /* the number of a step that others lead to: it and those before are not joined */
};

/* Without steps. */
void loopfree_begin(struct loopfree_draft *draft);

struct loopfree_step *loopfree_add(struct loopfree_draft *draft, enum loopfree_kind kind);
bool loopfree_add_byte(struct loopfree_draft *draft, unsigned char byte);

/* Lets a step be about a class. */
bool loopfree_set_class(struct loopfree_draft *draft, struct loopfree_step *step, const unsigned char *class);

/* Begins a group, and ends it. */
bool loopfree_open_group(struct loopfree_draft *draft, unsigned group);
bool loopfree_close_group(struct loopfree_draft *draft, unsigned group);

/* Adds a split or skip; on its ways lie groups from `first` on. */
struct loopfree_step *loopfree_add_split(struct loopfree_draft *draft, enum loopfree_kind kind,
                                         unsigned first);

/* Lets the step lead to the one that is added next. */
void loopfree_lead_here(struct loopfree_draft *draft, struct loopfree_step *step);

/* Adds the end of the match. */
bool loopfree_end(struct loopfree_draft *draft);

/* The bytes that the program takes. */
size_t loopfree_size(const struct loopfree_draft *draft);

/* Makes the program in a block of that size, which is aligned for any type. */
struct loopfree *loopfree_place(const struct loopfree_draft *draft, void *block);

#endif
