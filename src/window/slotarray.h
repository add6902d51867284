/*
 * slotarray: items of one size in an array that grows, known by their numbers; those that are free form a
 * list.
 *
 * Owner: who has it; its items move when it grows. Memory is charged to the budget. Not thread safe.
 */
#ifndef LURE_WINDOW_SLOTARRAY_H
#define LURE_WINDOW_SLOTARRAY_H

#include "base/memorybudget.h"

#include <stdint.h>
#include <string.h>

#define SLOT_NONE UINT32_MAX

#define SLOTS_FIRST 16u

/* Items begin at a multiple of it: a cache line. */
#define SLOTS_ALIGNMENT 64

struct slotarray {
    char *items;
    void *memory; /* where they are */
    size_t size;  /* of an item */
    uint32_t room, used, free;
};

static inline void *slot_at(const struct slotarray *array, uint32_t slot)
{
    return array->items + array->size * slot;
}

static inline size_t slots_bytes(const struct slotarray *array, uint32_t room)
{
    return array->size * room + SLOTS_ALIGNMENT;
}

/* Makes room for one more. False: out of memory. */
static inline bool slots_reserve(struct slotarray *array, struct memory_budget *budget)
{
    const uint32_t room = array->room > 0 ? 2 * array->room : SLOTS_FIRST;
    void *memory;
    char *items;

    if (array->free != SLOT_NONE || array->used < array->room) {
        return true;
    }
    memory = memory_take(budget, slots_bytes(array, room));
    if (memory == NULL) {
        return false;
    }
    items = (char *)memory + (SLOTS_ALIGNMENT - (uintptr_t)memory % SLOTS_ALIGNMENT) % SLOTS_ALIGNMENT;
    if (array->memory != NULL) {
        memcpy(items, array->items, array->size * array->used);
        memory_give(budget, array->memory, slots_bytes(array, array->room));
    }
    array->memory = memory;
    array->items = items;
    array->room = room;
    return true;
}

/* A slot; there is room. */
static inline uint32_t slots_take(struct slotarray *array)
{
    const uint32_t slot = array->free;

    if (slot == SLOT_NONE) {
        return array->used++;
    }
    memcpy(&array->free, slot_at(array, slot), sizeof(array->free));
    return slot;
}

static inline void slots_give(struct slotarray *array, uint32_t slot)
{
    memcpy(slot_at(array, slot), &array->free, sizeof(array->free));
    array->free = slot;
}

static inline void slots_close(struct slotarray *array, struct memory_budget *budget)
{
    if (array->memory != NULL) {
        memory_give(budget, array->memory, slots_bytes(array, array->room));
    }
}

#endif
