/*
 * freelists: an allocator for Lua with a free list for each size of small blocks.
 *
 * For each event Lua makes a string or two, and its collector frees them, a thousand at a time. Up to
 * BLOCKS_KEPT bytes of each size (4 MB in all) are kept for reuse; blocks larger than BLOCKS_LARGEST are
 * the C library's. With AddressSanitizer all are, so that it sees what is freed, and where each ends.
 *
 * Owner: a Lua state. All zero is empty, and keeps none. Not thread safe.
 */
#ifndef LURE_LUA_FREELISTS_H
#define LURE_LUA_FREELISTS_H

#include <stddef.h>
#include <stdlib.h>

#define BLOCKS_STEP    16u
#define BLOCKS_LARGEST 512u
#define BLOCKS_CLASSES (BLOCKS_LARGEST / BLOCKS_STEP)
#ifdef __SANITIZE_ADDRESS__
#define BLOCKS_KEPT 0u
#else
#define BLOCKS_KEPT (128u * 1024u)
#endif

struct block {
    struct block *next;
};

/* Blocks of one size. */
struct block_class {
    struct block *kept;
    size_t bytes; /* of those kept */
};

struct blocks {
    size_t most; /* bytes of each size that are kept: BLOCKS_KEPT, or 0 */
    struct block_class classes[BLOCKS_CLASSES];
};

/* The number of a size's class; BLOCKS_CLASSES and above: none. */
static inline size_t blocks_class(size_t size)
{
    return BLOCKS_KEPT > 0 ? (size - 1) / BLOCKS_STEP : BLOCKS_CLASSES;
}

/* As malloc; `size` is not 0. */
static inline void *blocks_take(struct blocks *blocks, size_t size)
{
    size_t number = blocks_class(size);
    struct block_class *class;
    struct block *block;

    if (number >= BLOCKS_CLASSES) {
        return malloc(size);
    }
    class = &blocks->classes[number];
    block = class->kept;
    if (block == NULL) {
        return malloc((number + 1) * BLOCKS_STEP);
    }
    class->kept = block->next;
    class->bytes -= (number + 1) * BLOCKS_STEP;
    return block;
}

/* As free; `size` is what was asked for. */
static inline void blocks_give(struct blocks *blocks, void *address, size_t size)
{
    size_t number = blocks_class(size);
    struct block *block = address;
    struct block_class *class;

    if (number >= BLOCKS_CLASSES || blocks->classes[number].bytes >= blocks->most) {
        free(block);
        return;
    }
    class = &blocks->classes[number];
    block->next = class->kept;
    class->kept = block;
    class->bytes += (number + 1) * BLOCKS_STEP;
}

/* As realloc of a block; `old_size` is what was asked for before; neither is 0. */
void *blocks_resize(struct blocks *blocks, void *block, size_t old_size, size_t new_size);

/* Frees those that are kept. */
void blocks_close(struct blocks *blocks);

#endif
