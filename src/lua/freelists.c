#include "lua/freelists.h"

#include <string.h>

void *freelists_resize(struct freelists *blocks, void *block, size_t old_size, size_t new_size)
{
    size_t from = freelists_class(old_size), to = freelists_class(new_size);
    void *other;

    if (from >= FREELISTS_CLASSES && to >= FREELISTS_CLASSES) {
        return realloc(block, new_size);
    }
    if (from == to) {
        return block;
    }
    other = freelists_take(blocks, new_size);
    if (other != NULL) {
        memcpy(other, block, old_size < new_size ? old_size : new_size);
        freelists_give(blocks, block, old_size);
    }
    return other;
}

void freelists_close(struct freelists *blocks)
{
    for (size_t i = 0; i < FREELISTS_CLASSES; i++) {
        struct freelist *class = &blocks->classes[i];

        while (class->kept != NULL) {
            struct block *block = class->kept;

            class->kept = block->next;
            free(block);
        }
        class->bytes = 0;
    }
}
