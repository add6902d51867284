#include "base/memorybudget.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* Blocks from a thirty-second of the limit on are mapped, but none of fewer bytes, and all of more than: */
#define LEAST_MAPPED  (256u * 1024u)
#define MOST_UNMAPPED (4u << 20)

/* Of less the C library gives back nothing worth the time, which grows with the host's own memory. */
#define MUCH (1u << 20)

bool memory_make_room(struct memory_budget *budget, size_t size)
{
    if (budget->reclaim != NULL && !budget->busy) {
        budget->busy = true;
        budget->reclaim(budget->owner);
        budget->busy = false;
    }
    return size <= memory_left(budget);
}

bool memory_charge_plainly(struct memory_budget *budget, size_t size)
{
    if (budget == NULL) {
        return true;
    }
    if (size > memory_left(budget)) {
        return false;
    }
    __atomic_store_n(&budget->used, budget->used + size, __ATOMIC_RELAXED);
    return true;
}

bool memory_is_much(const struct memory_budget *budget)
{
    return budget->used + budget->shared > MUCH;
}

void memory_give_back_pages(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

bool memory_charge_shared(struct memory_budget *budget, size_t size)
{
    if (budget != NULL && size > memory_left(budget)) {
        return false;
    }
    if (budget != NULL) {
        __atomic_store_n(&budget->shared, budget->shared + size, __ATOMIC_RELAXED);
    }
    return true;
}

void memory_release_shared(struct memory_budget *budget, size_t size)
{
    if (budget != NULL) {
        __atomic_store_n(&budget->shared, budget->shared - size, __ATOMIC_RELAXED);
    }
}

/* Is a block of this size mapped? With a sanitizer none is. */
static bool is_mapped(const struct memory_budget *budget, size_t size)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    (void)budget;
    (void)size;
    return false;
#else
    size_t large = budget != NULL ? budget->limit / 32 : SIZE_MAX;

    return size >= LEAST_MAPPED && (size >= MOST_UNMAPPED ? budget != NULL : size >= large);
#endif
}

static void *take_block(const struct memory_budget *budget, size_t size)
{
    void *pages;

    if (!is_mapped(budget, size)) {
        return malloc(size);
    }
    pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages != MAP_FAILED ? pages : NULL;
}

static void give_block(const struct memory_budget *budget, void *block, size_t size)
{
    if (is_mapped(budget, size)) {
        munmap(block, size);
    } else {
        free(block);
    }
}

void *memory_take_charged(struct memory_budget *budget, size_t size)
{
    void *block = take_block(budget, size);

    if (block == NULL) {
        memory_release(budget, memory_cost(size));
    }
    return block;
}

void *memory_take(struct memory_budget *budget, size_t size)
{
    return memory_charge(budget, memory_cost(size)) ? memory_take_charged(budget, size) : NULL;
}

size_t memory_growth(const struct memory_budget *budget, size_t before, size_t size)
{
    return memory_cost(size) - (is_mapped(budget, before) ? memory_cost(before) : 0);
}

/* A block of another size, with the same bytes. */
static void *change_size(const struct memory_budget *budget, void *block, size_t before, size_t size)
{
    bool was_mapped = is_mapped(budget, before), is_now = is_mapped(budget, size);
    void *other;

    if (!was_mapped && !is_now) {
        return realloc(block, size);
    }
    if (was_mapped && is_now) {
        other = mremap(block, before, size, MREMAP_MAYMOVE);
        return other != MAP_FAILED ? other : NULL;
    }
    other = take_block(budget, size);
    if (other != NULL) {
        memcpy(other, block, before < size ? before : size);
        give_block(budget, block, before);
    }
    return other;
}

void *memory_resize_charged(struct memory_budget *budget, void *block, size_t before, size_t size)
{
    void *other = change_size(budget, block, before, size);

    if (size <= before) {
        memory_release(budget, other != NULL ? memory_cost(before) - memory_cost(size) : 0);
    } else if (other == NULL) {
        memory_release(budget, memory_growth(budget, before, size));
    } else if (!is_mapped(budget, before)) {
        memory_release(budget, memory_cost(before));
    }
    return other;
}

void *memory_resize(struct memory_budget *budget, void *block, size_t before, size_t size)
{
    if (block == NULL) {
        return memory_take(budget, size);
    }
    if (size > before && !memory_charge(budget, memory_growth(budget, before, size))) {
        return NULL;
    }
    return memory_resize_charged(budget, block, before, size);
}

void memory_give(struct memory_budget *budget, void *block, size_t size)
{
    if (block != NULL) {
        memory_release(budget, memory_cost(size));
        give_block(budget, block, size);
    }
}
