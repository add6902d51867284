/*
 * freelists: an allocator for Lua with a free list for each size of small blocks.
 *
 * For each event Lua makes a string or two, and its collector frees them, a thousand at a time. Up to
 * FREELISTS_KEPT bytes of each size (4 MB in all) are kept for reuse; blocks larger than FREELISTS_LARGEST
 * are the C library's. With AddressSanitizer all are, so that it sees what is freed, and where each ends.
 *
 * Owner: a Lua state. All zero is empty, and keeps none. Not thread safe.
 */
#ifndef LURE_LUA_FREELISTS_H
#define LURE_LUA_FREELISTS_H

#include <stddef.h>
#include <stdlib.h>

#define FREELISTS_STEP    16u
#define FREELISTS_LARGEST 512u
#define FREELISTS_CLASSES (FREELISTS_LARGEST / FREELISTS_STEP)
#ifdef __SANITIZE_ADDRESS__
#define FREELISTS_KEPT 0u
#else
#define FREELISTS_KEPT (128u * 1024u)
#endif

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
    struct freelist classes[FREELISTS_CLASSES];
};

/* The number of a size's class; FREELISTS_CLASSES and above: none. */
static inline size_t freelists_class(size_t size)
{
    return FREELISTS_KEPT > 0 ? (size - 1) / FREELISTS_STEP : FREELISTS_CLASSES;
}

/* As malloc; `size` is not 0. */
static inline void *freelists_take(struct freelists *blocks, size_t size)
{
    size_t number = freelists_class(size);
    struct freelist *class;
    struct block *block;

    if (number >= FREELISTS_CLASSES) {
        return malloc(size);
    }
    class = &blocks->classes[number];
    block = class->kept;
    if (block == NULL) {
        return malloc((number + 1) * FREELISTS_STEP);
    }
    class->kept = block->next;
    class->bytes -= (number + 1) * FREELISTS_STEP;
    return block;
}

/* As free; `size` is that of freelists_take. */
static inline void freelists_give(struct freelists *blocks, void *address, size_t size)
{
    size_t number = freelists_class(size);
    struct block *block = address;
    struct freelist *class;

    if (number >= FREELISTS_CLASSES || blocks->classes[number].bytes >= blocks->most) {
        free(block);
        return;
    }
    class = &blocks->classes[number];
    block->next = class->kept;
    class->kept = block;
    class->bytes += (number + 1) * FREELISTS_STEP;
}

/* As realloc of a block; `old_size` is its size before; neither is 0. */
void *freelists_resize(struct freelists *blocks, void *block, size_t old_size, size_t new_size);

/* Frees those that are kept. */
void freelists_close(struct freelists *blocks);

#endif
