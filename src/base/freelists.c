#include "base/freelists.h"

#include <string.h>

/* Charges for `size` bytes; blocks that are kept make room for them. */
static bool charge(struct freelists *blocks, size_t size)
{
    if (memory_charge_plainly(blocks->budget, size)) {
        return true;
    }
    freelists_close(blocks);
    return memory_charge_plainly(blocks->budget, size);
}

void *freelists_new(struct freelists *blocks, size_t size)
{
    return charge(blocks, memory_cost(size)) ? memory_take_charged(blocks->budget, size) : NULL;
}

void freelists_free(struct freelists *blocks, void *block, size_t size)
{
    memory_give(blocks->budget, block, size);
}

/* How large a block of `size` bytes is in truth. */
static size_t whole_size(size_t size)
{
    size_t number = freelists_class(size);

    return number < FREELISTS_CLASSES ? freelists_size(number) : size;
}

/* Resizes a block that has no class. */
static void *resize_large(struct freelists *blocks, void *block, size_t old_size, size_t new_size)
{
    if (new_size > old_size && !charge(blocks, memory_growth(blocks->budget, old_size, new_size))) {
        return NULL;
    }
    return memory_resize_charged(blocks->budget, block, old_size, new_size);
}

void *freelists_resize(struct freelists *blocks, void *block, size_t old_size, size_t new_size)
{
    size_t from = freelists_class(old_size), to = freelists_class(new_size);
    void *other;

    if (from >= FREELISTS_CLASSES && to >= FREELISTS_CLASSES) {
        return resize_large(blocks, block, old_size, new_size);
    }
    if (from == to) {
        return block;
    }
    other = freelists_take(blocks, new_size);
    if (other != NULL) {
        memcpy(other, block, old_size < new_size ? old_size : new_size);
        freelists_give(blocks, block, old_size);
    } else if (new_size < old_size) { /* Lua expects that shrinking cannot fail: what it gives up is room */
        other = memory_resize_charged(blocks->budget, block, whole_size(old_size), whole_size(new_size));
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
            memory_give(blocks->budget, block, freelists_size(i));
        }
        class->bytes = 0;
    }
}
