/*
 * slotindex: a hash table from tags (32 bits of a hash) to slots, at most 7/8 full, with linear probing.
 *
 * It has no items: who looks compares the candidates. Nothing is left behind where a slot is removed.
 *
 * Owner: who has it. Memory is charged to the budget. Not thread safe.
 */
#ifndef LURE_WINDOW_SLOTINDEX_H
#define LURE_WINDOW_SLOTINDEX_H

#include "base/memorybudget.h"
#include "window/slotarray.h"

#include <stdbool.h>
#include <stdint.h>

struct slotindex_cell {
    uint32_t tag, slot; /* SLOT_NONE: empty */
};

struct slotindex {
    struct slotindex_cell *cells; /* a power of two; NULL: none */
    uint32_t mask, count;
};

/* The first place to look at. */
static inline uint32_t slotindex_begin(const struct slotindex *index, uint32_t tag)
{
    return tag & index->mask;
}

/* Brings that place into the cache. */
static inline void slotindex_fetch(const struct slotindex *index, uint32_t tag)
{
    if (index->cells != NULL) {
        __builtin_prefetch(&index->cells[tag & index->mask]);
    }
}

/* The next slot with the tag from place *at on; SLOT_NONE: there is none. */
static inline uint32_t slotindex_next(const struct slotindex *index, uint32_t tag, uint32_t *at)
{
    while (index->cells != NULL) {
        const struct slotindex_cell cell = index->cells[*at];

        *at = (*at + 1) & index->mask;
        if (cell.slot == SLOT_NONE || cell.tag == tag) {
            return cell.slot;
        }
    }
    return SLOT_NONE;
}

/* Makes room for one more. False: out of memory. */
bool slotindex_reserve(struct slotindex *index, struct memory_budget *budget);

/* There is room. */
void slotindex_add(struct slotindex *index, uint32_t tag, uint32_t slot);

/* It is there. */
void slotindex_remove(struct slotindex *index, uint32_t tag, uint32_t slot);

void slotindex_close(struct slotindex *index, struct memory_budget *budget);

#endif
