/*
 * pool: memory that never moves and is taken back all at once.
 *
 * What extraction returns must stay where it is until the event changes, however
 * many fields are asked for meanwhile; what a batch holds must stay until the next
 * batch. Both are pools.
 *
 * Owner: the plugin state, or the batch. Not thread safe: callers hold the state's lock.
 * All zero is an empty pool.
 */
#ifndef LURE_EVENT_POOL_H
#define LURE_EVENT_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct pool_chunk;

struct pool {
    struct pool_chunk *first;   /* all chunks, in the order in which they are used */
    struct pool_chunk *current; /* the one in use; those behind it are empty */
    size_t used;                /* bytes taken from the current chunk */
};

/* Two integers' worth: what every kind of value is aligned to. */
#define POOL_ALIGN 16

/* `size` bytes aligned for any type; NULL when memory is out (the pool stays usable). */
void *pool_take(struct pool *pool, size_t size);

/* A copy of `text` with a NUL behind it; NULL as above. */
char *pool_text(struct pool *pool, const char *text, size_t length);

/* Everything taken so far is gone. Chunks are kept for the next round, up to `keep` bytes of them. */
void pool_reset(struct pool *pool, size_t keep);

/* True if `address` lies in memory that this pool handed out since the last reset, or may hand out. */
bool pool_owns(const struct pool *pool, const void *address);

/* Gives all memory back; the pool is empty and usable again. */
void pool_free(struct pool *pool);

#endif
