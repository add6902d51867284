#include "lua/freelists.h"

#include <string.h>

void *blocks_resize(struct blocks *blocks, void *block, size_t old_size, size_t new_size)
{
    size_t from = blocks_class(old_size), to = blocks_class(new_size);
    void *other;

    if (from >= BLOCKS_CLASSES && to >= BLOCKS_CLASSES) {
        return realloc(block, new_size);
    }
    if (from == to) {
        return block;
    }
    other = blocks_take(blocks, new_size);
    if (other != NULL) {
        memcpy(other, block, old_size < new_size ? old_size : new_size);
        blocks_give(blocks, block, old_size);
    }
    return other;
}

void blocks_close(struct blocks *blocks)
{
    for (size_t i = 0; i < BLOCKS_CLASSES; i++) {
        struct block_class *class = &blocks->classes[i];

        while (class->kept != NULL) {
            struct block *block = class->kept;

            class->kept = block->next;
            free(block);
        }
        class->bytes = 0;
    }
}
