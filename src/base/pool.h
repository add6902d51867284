/*
 * pool: an arena allocator. Memory is handed out from chunks, never moves, and is freed all at once.
 *
 * What field extraction returns must stay in place until the event changes, however many fields are
 * extracted in between, and the payloads of a batch until the next batch. Both are allocated from pools.
 *
 * Owner: the plugin state, or the batch. Not thread safe: callers hold the state's lock. A zeroed struct is
 * an empty pool that is not limited. AddressSanitizer sees who touches memory that is not taken, or was
 * before a reset.
 */
#ifndef LURE_BASE_POOL_H
#define LURE_BASE_POOL_H

#include "base/memorybudget.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size)   ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

struct pool_chunk {
    struct pool_chunk *next;
    size_t size; /* of the bytes behind this header */
};

struct pool {
    struct pool_chunk *first;     /* all chunks, in the order in which they are used */
    struct pool_chunk *current;   /* the one in use; those behind it are empty */
    size_t used;                  /* bytes taken from the current chunk */
    struct memory_budget *budget; /* which is charged for the chunks; NULL: none */
};

/* Alignment of every allocation: enough for any type. */
#define POOL_ALIGN 16

/* The fast path of pool_take: NULL if the current chunk has no room. */
static inline void *pool_take_quickly(struct pool *pool, size_t size)
{
    const size_t wanted = size;
    unsigned char *taken;

    size = (size + POOL_ALIGN - 1) / POOL_ALIGN * POOL_ALIGN;
    if (pool->current == NULL || pool->current->size - pool->used < size) {
        return NULL;
    }
    taken = (unsigned char *)(pool->current + 1) + pool->used;
    pool->used += size;
    ASAN_UNPOISON_MEMORY_REGION(taken, wanted);
    return taken;
}

/* The slow path of pool_take: takes another chunk. NULL: out of memory, or over the budget's limit. */
void *pool_take_more(struct pool *pool, size_t size);

/* `size` bytes aligned for any type. NULL: as above; the pool stays usable. */
static inline void *pool_take(struct pool *pool, size_t size)
{
    void *taken;

    if (size > SIZE_MAX - sizeof(struct pool_chunk) - POOL_ALIGN) {
        return NULL;
    }
    taken = pool_take_quickly(pool, size);
    return taken != NULL ? taken : pool_take_more(pool, size);
}

/* A copy of `text` with a NUL behind it; NULL as above. */
char *pool_text(struct pool *pool, const char *text, size_t length);

/* Frees everything at once. Chunks are kept for reuse, up to `keep` bytes of them. */
void pool_reset(struct pool *pool, size_t keep);

/* True if `address` is inside of the pool's chunks. */
bool pool_owns(const struct pool *pool, const void *address);

/* Gives all memory back; the pool is empty and usable again. */
void pool_free(struct pool *pool);

#endif
