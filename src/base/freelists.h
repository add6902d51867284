/*
 * freelists: an allocator for Lua with a free list for each size of small blocks, which charges a memory
 * budget.
 *
 * For each event Lua makes a string or two, and its collector frees them, a thousand at a time. Up to
 * FREELISTS_KEPT bytes of each size (4 MB in all) are kept for reuse; blocks larger than FREELISTS_LARGEST
 * are the C library's. With AddressSanitizer all are, so that it sees what is freed, and where each ends.
 *
 * Blocks that are kept stay charged, so taking and giving one costs no accounting; they are freed where the
 * budget has no room otherwise. The first FREELISTS_CHUNK bytes of small blocks, about what Lua's
 * libraries take, are cut from one block of the C library, and are given back with it, at the end.
 *
 * Owner: a Lua state. All zero is empty, keeps none and is not limited. Not thread safe.
 */
#ifndef LURE_BASE_FREELISTS_H
#define LURE_BASE_FREELISTS_H

#include "base/memorybudget.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sizes end where the C library's blocks do: at 24, 40, 56, ... */
#define FREELISTS_STEP    16u
#define FREELISTS_FIRST   24u
#define FREELISTS_LARGEST 520u
#define FREELISTS_CLASSES ((FREELISTS_LARGEST - FREELISTS_FIRST) / FREELISTS_STEP + 1)
#ifdef __SANITIZE_ADDRESS__
#define FREELISTS_KEPT 0u
#else
#define FREELISTS_KEPT (128u * 1024u)
#endif
#define FREELISTS_CHUNK (24u * 1024u)

struct block {
    struct block *next;
};

/* Blocks of one size. */
struct freelist {
    struct block *kept;
    size_t bytes; /* of those kept */
};

struct freelists {
    size_t most; /* bytes of each size that are kept: FREELISTS_KEPT, or 0 */
    struct memory_budget *budget;
    char *chunk;  /* that the first blocks are cut from, or NULL */
    size_t uncut; /* bytes at its end */
    struct freelist classes[FREELISTS_CLASSES];
};

/* The number of a size's class; FREELISTS_CLASSES and above: none. */
static inline size_t freelists_class(size_t size)
{
    const size_t below = FREELISTS_FIRST - FREELISTS_STEP; /* the few blocks that are smaller have no class */

    return FREELISTS_KEPT > 0 ? (size - below - 1) / FREELISTS_STEP : FREELISTS_CLASSES;
}

/* The size of a class's blocks. */
static inline size_t freelists_size(size_t number)
{
    return number * FREELISTS_STEP + FREELISTS_FIRST;
}

/* Empty ones that keep `most` bytes of each size, with a chunk where they keep any. Without memory for it
 * they have none. */
void freelists_open(struct freelists *blocks, struct memory_budget *budget, size_t most);

/* A block of the C library. NULL: out of memory, or over the limit. */
void *freelists_new(struct freelists *blocks, size_t size);

/* Gives it back; nothing for a block of the chunk. */
void freelists_free(struct freelists *blocks, void *block, size_t size);

/* True if the block is part of the chunk. */
static inline bool freelists_is_cut(const struct freelists *blocks, const void *block)
{
    return blocks->chunk != NULL && (uintptr_t)block - (uintptr_t)blocks->chunk < FREELISTS_CHUNK;
}

/* A block of a class's size: cut from the chunk, or new. */
static inline void *freelists_cut(struct freelists *blocks, size_t size)
{
    if (size > blocks->uncut) {
        return freelists_new(blocks, size);
    }
    blocks->uncut -= size;
    return blocks->chunk + blocks->uncut;
}

/* As malloc, but aligned to 8 bytes, which is all that Lua asks for (LUAI_MAXALIGN); `size` is not 0. */
static inline void *freelists_take(struct freelists *blocks, size_t size)
{
    size_t number = freelists_class(size);
    struct freelist *class;
    struct block *block;

    if (number >= FREELISTS_CLASSES) {
        return freelists_new(blocks, size);
    }
    class = &blocks->classes[number];
    block = class->kept;
    if (block == NULL) {
        return freelists_cut(blocks, freelists_size(number));
    }
    class->kept = block->next;
    class->bytes -= freelists_size(number);
    return block;
}

/* As free; `size` is that of freelists_take. */
static inline void freelists_give(struct freelists *blocks, void *address, size_t size)
{
    size_t number = freelists_class(size);
    struct block *block = address;
    struct freelist *class;

    if (number >= FREELISTS_CLASSES) {
        freelists_free(blocks, block, size);
        return;
    }
    class = &blocks->classes[number];
    if (class->bytes >= blocks->most && !freelists_is_cut(blocks, block)) {
        freelists_free(blocks, block, freelists_size(number));
        return;
    }
    block->next = class->kept;
    class->kept = block;
    class->bytes += freelists_size(number);
}

/* As realloc of a block; `old_size` is its size before; neither is 0. Making a block smaller fails only where
 * malloc does, for a large one. */
void *freelists_resize(struct freelists *blocks, void *block, size_t old_size, size_t new_size);

/* Frees those that are kept, but not the chunk. */
void freelists_trim(struct freelists *blocks);

/* When all were given back: frees everything. */
void freelists_close(struct freelists *blocks);

#endif
