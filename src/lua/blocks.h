/*
 * blocks: memory for Lua, whose small blocks are kept for the next of their size.
 *
 * For each event Lua makes a string or two, and its collector frees them, a thousand at a time. Up to
 * BLOCKS_KEPT of each size (2.3 MB in all) wait to be used again; larger ones are the C library's. With
 * AddressSanitizer none is kept, so that it sees what is freed.
 *
 * Owner: a Lua state. All zero is empty, and keeps none. Not thread safe.
 */
#ifndef LURE_LUA_BLOCKS_H
#define LURE_LUA_BLOCKS_H

#include <stddef.h>

#define BLOCKS_STEP    16u
#define BLOCKS_CLASSES 8u /* up to 128 bytes */
#ifdef __SANITIZE_ADDRESS__
#define BLOCKS_KEPT 0u
#else
#define BLOCKS_KEPT 4096u
#endif

struct block {
    struct block *next;
};

struct blocks {
    unsigned most; /* blocks of each size that are kept: BLOCKS_KEPT, or 0 */
    struct block *kept[BLOCKS_CLASSES];
    unsigned count[BLOCKS_CLASSES];
};

/* As realloc; `old_size` is what was asked for before, 0 without a block, and `new_size` is not 0. */
void *blocks_resize(struct blocks *blocks, void *block, size_t old_size, size_t new_size);

/* As free. NULL is allowed. */
void blocks_give(struct blocks *blocks, void *block, size_t size);

/* Frees those that are kept. */
void blocks_close(struct blocks *blocks);

#endif
