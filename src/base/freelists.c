#include "base/freelists.h"

#include <string.h>

/* Charges for `size` bytes; blocks that are kept make room for them. */
static bool charge(struct freelists *blocks, size_t size)
{
    if (memory_charge_plainly(blocks->budget, size)) {
        return true;
    }
    freelists_trim(blocks);
    return memory_charge_plainly(blocks->budget, size);
}

void freelists_open(struct freelists *blocks, struct memory_budget *budget, size_t most)
{
    *blocks = (struct freelists){.most = most, .budget = budget};
    if (most > 0) {
        blocks->chunk = freelists_new(blocks, FREELISTS_CHUNK);
        blocks->uncut = blocks->chunk != NULL ? FREELISTS_CHUNK : 0;
    }
}

void *freelists_new(struct freelists *blocks, size_t size)
{
    return charge(blocks, memory_cost(size)) ? memory_take_charged(blocks->budget, size) : NULL;
}

void freelists_free(struct freelists *blocks, void *block, size_t size)
{
    if (!freelists_is_cut(blocks, block)) {
        memory_give(blocks->budget, block, size);
    }
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
    } else if (new_size < old_size && freelists_is_cut(blocks, block)) {
        other = block;                /* from now on one of the smaller class */
    } else if (new_size < old_size) { /* Lua expects that shrinking cannot fail: what it gives up is room */
        other = memory_resize_charged(blocks->budget, block, whole_size(old_size), whole_size(new_size));
    }
    return other;
}

/* Frees those of a class that are not cut. */
static void trim(struct freelists *blocks, struct freelist *class, size_t size)
{
    struct block **link = &class->kept;

    while (*link != NULL) {
        struct block *block = *link;

        if (freelists_is_cut(blocks, block)) {
            link = &block->next;
            continue;
        }
        *link = block->next;
        class->bytes -= size;
        memory_give(blocks->budget, block, size);
    }
}

void freelists_trim(struct freelists *blocks)
{
    for (size_t i = 0; i < FREELISTS_CLASSES; i++) {
        trim(blocks, &blocks->classes[i], freelists_size(i));
    }
}

void freelists_close(struct freelists *blocks)
{
    freelists_trim(blocks);
    memory_give(blocks->budget, blocks->chunk, FREELISTS_CHUNK);
    *blocks = (struct freelists){.budget = blocks->budget};
}
