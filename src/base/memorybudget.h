/*
 * memorybudget: the memory that a plugin state may use, and uses: init_config.lure.memory.
 *
 * All memory that a script can make grow is charged: Lua's, chunks of pools, batches, state tables, texts for
 * the host. A charge is what the C library takes for a block, not only what was asked for, so that the
 * process grows by no more. Memory of a budget that is NULL is not limited.
 *
 * Owner: the plugin state, or who runs a script for a moment; what is charged must be released first. Not
 * thread safe, callers hold the state's lock; but those of state tables, which have a lock of their own, use
 * the functions with `shared` in their names.
 */
#ifndef LURE_BASE_MEMORYBUDGET_H
#define LURE_BASE_MEMORYBUDGET_H

#include <stdbool.h>
#include <stddef.h>

/* In texts; what follows says how much it is. */
#define MEMORY_LIMIT_NAME "init_config.lure.memory"
#define TEXT_OVER_LIMIT   "not enough memory (limit: " MEMORY_LIMIT_NAME ")"

struct memory_budget {
    size_t limit;
    size_t used;                  /* by the state; changed atomically under its lock */
    size_t shared;                /* by its tables; changed atomically under theirs */
    void (*reclaim)(void *owner); /* collects garbage where a charge finds no room; may be NULL */
    void *owner;
    bool busy; /* nothing may be collected now */
};

/* What the C library takes for a block of `size` bytes: its header, and what fills it up; large blocks are
 * pages of their own. */
static inline size_t memory_cost(size_t size)
{
    const size_t page = 4096, large = 128 * 1024, least = 32;
    size_t cost = (size + 8 + 15) & ~(size_t)15;

    if (size >= large) {
        return (size + 16 + page - 1) & ~(page - 1);
    }
    return cost < least ? least : cost;
}

/* How many bytes may still be charged. */
static inline size_t memory_left(const struct memory_budget *budget)
{
    size_t left = budget->limit - __atomic_load_n(&budget->used, __ATOMIC_RELAXED);
    size_t shared = __atomic_load_n(&budget->shared, __ATOMIC_RELAXED);

    return shared < left ? left - shared : 0;
}

/* How much of `most` bytes to keep for reuse: little, where the limit is low. */
static inline size_t memory_kept(const struct memory_budget *budget, size_t most)
{
    size_t share = budget != NULL ? budget->limit / 16 : most;

    return share < most ? share : most;
}

/* Collects garbage, if that may free anything. True: there is room for `size` bytes now. */
bool memory_make_room(struct memory_budget *budget, size_t size);

/* Charges `size` bytes. False: they exceed the limit, and none are. */
static inline bool memory_charge(struct memory_budget *budget, size_t size)
{
    if (budget == NULL) {
        return true;
    }
    if (size > memory_left(budget) && !memory_make_room(budget, size)) {
        return false;
    }
    __atomic_store_n(&budget->used, budget->used + size, __ATOMIC_RELAXED);
    return true;
}

/* The same, where nothing is to be collected: for Lua's own allocator, which collects by itself. */
bool memory_charge_plainly(struct memory_budget *budget, size_t size);

static inline void memory_release(struct memory_budget *budget, size_t size)
{
    if (budget != NULL) {
        __atomic_store_n(&budget->used, budget->used - size, __ATOMIC_RELAXED);
    }
}

/* Whether the state uses so much that its pages are worth a look when it ends; and that look: what was freed
 * is given back to the system, where the C library would keep it for later allocations (glibc's alone can).
 */
bool memory_is_much(const struct memory_budget *budget);
void memory_give_back_pages(void);

/* For the state's tables: charges what they take more than before. */
bool memory_charge_shared(struct memory_budget *budget, size_t size);
void memory_release_shared(struct memory_budget *budget, size_t size);

/* As malloc, realloc and free, charged; the caller knows the size, and passes the same budget. NULL: out of
 * memory, or over the limit. Large blocks are mapped: pages that the C library keeps to use again would come
 * on top of what is charged. While one of its blocks grows it is charged twice, since it may have to be
 * copied. */
void *memory_take(struct memory_budget *budget, size_t size);
void *memory_resize(struct memory_budget *budget, void *block, size_t before, size_t size);
void memory_give(struct memory_budget *budget, void *block, size_t size);

/* The first two in parts, for who charges by himself: memory_cost for a new block, memory_growth for one that
 * becomes larger. Where they fail the charge is taken back. */
void *memory_take_charged(struct memory_budget *budget, size_t size);
size_t memory_growth(const struct memory_budget *budget, size_t before, size_t size);
void *memory_resize_charged(struct memory_budget *budget, void *block, size_t before, size_t size);

#endif
