#include "lua/blocks.h"

#include <stdlib.h>
#include <string.h>

/* The class of a size; BLOCKS_CLASSES and above: none. */
static size_t class_of(size_t size)
{
    return (size - 1) / BLOCKS_STEP;
}

static void *take(struct blocks *blocks, size_t size)
{
    size_t class = class_of(size);
    struct block *block;

    if (class >= BLOCKS_CLASSES) {
        return malloc(size);
    }
    block = blocks->kept[class];
    if (block == NULL) {
        return malloc((class + 1) * BLOCKS_STEP);
    }
    blocks->kept[class] = block->next;
    blocks->count[class]--;
    return block;
}

void blocks_give(struct blocks *blocks, void *address, size_t size)
{
    size_t class = class_of(size);
    struct block *block = address;

    if (block == NULL || class >= BLOCKS_CLASSES || blocks->count[class] >= blocks->most) {
        free(block);
        return;
    }
    block->next = blocks->kept[class];
    blocks->kept[class] = block;
    blocks->count[class]++;
}

void *blocks_resize(struct blocks *blocks, void *block, size_t old_size, size_t new_size)
{
    size_t from, to = class_of(new_size);
    void *other;

    if (block == NULL) {
        return take(blocks, new_size);
    }
    from = class_of(old_size);
    if (from >= BLOCKS_CLASSES && to >= BLOCKS_CLASSES) {
        return realloc(block, new_size);
    }
    if (from == to) {
        return block;
    }
    other = take(blocks, new_size);
    if (other != NULL) {
        memcpy(other, block, old_size < new_size ? old_size : new_size);
        blocks_give(blocks, block, old_size);
    }
    return other;
}

void blocks_close(struct blocks *blocks)
{
    for (size_t class = 0; class < BLOCKS_CLASSES; class ++) {
        while (blocks->kept[class] != NULL) {
            struct block *block = blocks->kept[class];

            blocks->kept[class] = block->next;
            free(block);
        }
        blocks->count[class] = 0;
    }
}
