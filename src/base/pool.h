/*
 * pool: an arena allocator. Memory is handed out from chunks, never moves, and is freed all at once.
 *
 * What field extraction returns must stay in place until the event changes, however many fields are
 * extracted in between, and the payloads of a batch until the next batch. Both are allocated from pools.
 *
 * Owner: the plugin state, or the batch. Not thread safe: callers hold the state's lock. A zeroed struct is
 * an empty pool.
 */
#ifndef LURE_BASE_POOL_H
#define LURE_BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pool_chunk {
    struct pool_chunk *next;
    size_t size; /* of the bytes behind this header */
};

struct pool {
    struct pool_chunk *first;   /* all chunks, in the order in which they are used */
    struct pool_chunk *current; /* the one in use; those behind it are empty */
    size_t used;                /* bytes taken from the current chunk */
};

/* Two integers' worth: what every kind of value is aligned to. */
#define POOL_ALIGN 16

/* `size` bytes aligned for any type, where the current chunk has room, which it most often has; else NULL. */
static inline void *pool_take_quickly(struct pool *pool, size_t size)
{
    unsigned char *taken;

    size = (size + POOL_ALIGN - 1) / POOL_ALIGN * POOL_ALIGN;
    if (pool->current == NULL || pool->current->size - pool->used < size) {
        return NULL;
    }
    taken = (unsigned char *)(pool->current + 1) + pool->used;
    pool->used += size;
    return taken;
}

/* The same from another chunk. NULL: memory is out. */
void *pool_take_more(struct pool *pool, size_t size);

/* The same wherever there is memory; NULL when it is out (the pool stays usable). */
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

/* Everything taken so far is gone. Chunks are kept for the next round, up to `keep` bytes of them. */
void pool_reset(struct pool *pool, size_t keep);

/* True if `address` lies in memory that this pool handed out since the last reset, or may hand out. */
bool pool_owns(const struct pool *pool, const void *address);

/* Gives all memory back; the pool is empty and usable again. */
void pool_free(struct pool *pool);

#endif
