#include "window/slotindex.h"

#define FIRST_CELLS 32u

static size_t bytes_of(uint32_t cells)
{
    return (size_t)cells * sizeof(struct slotindex_cell);
}

static uint32_t cells_of(const struct slotindex *index)
{
    return index->cells != NULL ? index->mask + 1 : 0;
}

bool slotindex_reserve(struct slotindex *index, struct memory_budget *budget)
{
    const uint32_t before = cells_of(index), cells = before > 0 ? 2 * before : FIRST_CELLS;
    const struct slotindex old = *index;

    if (index->count < before - before / 8) {
        return true;
    }
    index->cells = memory_take(budget, bytes_of(cells));
    if (index->cells == NULL) {
        *index = old;
        return false;
    }
    for (uint32_t i = 0; i < cells; i++) {
        index->cells[i].slot = SLOT_NONE;
    }
    index->mask = cells - 1;
    index->count = 0;
    for (uint32_t i = 0; i < before; i++) {
        if (old.cells[i].slot != SLOT_NONE) {
            slotindex_add(index, old.cells[i].tag, old.cells[i].slot);
        }
    }
    if (old.cells != NULL) {
        memory_give(budget, old.cells, bytes_of(before));
    }
    return true;
}

void slotindex_add(struct slotindex *index, uint32_t tag, uint32_t slot)
{
    uint32_t at = tag & index->mask;

    while (index->cells[at].slot != SLOT_NONE) {
        at = (at + 1) & index->mask;
    }
    index->cells[at] = (struct slotindex_cell){tag, slot};
    index->count++;
}

void slotindex_remove(struct slotindex *index, uint32_t tag, uint32_t slot)
{
    uint32_t hole = tag & index->mask;

    while (index->cells[hole].slot != slot) {
        hole = (hole + 1) & index->mask;
    }
    for (uint32_t at = (hole + 1) & index->mask; index->cells[at].slot != SLOT_NONE;
         at = (at + 1) & index->mask) {
        const uint32_t distance =
            (at - index->cells[at].tag) & index->mask; /* from where it would like to be */

        if (distance >= ((at - hole) & index->mask)) {
            index->cells[hole] = index->cells[at];
            hole = at;
        }
    }
    index->cells[hole].slot = SLOT_NONE;
    index->count--;
}

void slotindex_close(struct slotindex *index, struct memory_budget *budget)
{
    if (index->cells != NULL) {
        memory_give(budget, index->cells, bytes_of(cells_of(index)));
    }
}
