#include "base/libraryheap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct libraryheap {
    struct memory_budget *budget; /* NULL: the state is gone */
    size_t blocks; /* and one for the state; changed atomically, since the last may be anyone's */
    size_t used;
};

/* Before each block; as large as what is aligned for any type. */
struct header {
    struct libraryheap *heap;
    size_t size; /* of the block, without this */
};
_Static_assert(sizeof(struct header) % _Alignof(max_align_t) == 0, "a block behind it is aligned");

static __thread struct libraryheap *current;

struct libraryheap *libraryheap_open(struct memory_budget *budget)
{
    struct libraryheap *heap = memory_take(budget, sizeof(*heap));

    if (heap != NULL) {
        *heap = (struct libraryheap){.budget = budget, .blocks = 1};
    }
    return heap;
}

static void drop(struct libraryheap *heap)
{
    if (__atomic_sub_fetch(&heap->blocks, 1, __ATOMIC_ACQ_REL) == 0) {
        free(heap);
    }
}

void libraryheap_close(struct libraryheap *heap)
{
    memory_release(heap->budget, memory_cost(sizeof(*heap)) + heap->used);
    heap->budget = NULL;
    drop(heap);
}

size_t libraryheap_used(const struct libraryheap *heap)
{
    return heap->used;
}

struct libraryheap *libraryheap_enter(struct libraryheap *heap)
{
    struct libraryheap *before = current;

    current = heap;
    return before;
}

void libraryheap_leave(struct libraryheap *before)
{
    current = before;
}

/* Garbage is not collected here: a finalizer would call the library that is in the middle of something. */
static bool charge(struct libraryheap *heap, size_t cost)
{
    if (heap == NULL || heap->budget == NULL) {
        return true;
    }
    if (!memory_charge_plainly(heap->budget, cost)) {
        return false;
    }
    heap->used += cost;
    return true;
}

static void release(struct libraryheap *heap, size_t cost)
{
    if (heap != NULL && heap->budget != NULL) {
        memory_release(heap->budget, cost);
        heap->used -= cost;
    }
}

static void *take(struct libraryheap *heap, size_t size, bool zeroed)
{
    size_t whole = size + sizeof(struct header);
    struct header *header;

    if (whole < size || !charge(heap, memory_cost(whole))) {
        return NULL;
    }
    header = zeroed ? calloc(1, whole) : malloc(whole);
    if (header == NULL) {
        release(heap, memory_cost(whole));
        return NULL;
    }
    *header = (struct header){.heap = heap, .size = size};
    if (heap != NULL) {
        __atomic_add_fetch(&heap->blocks, 1, __ATOMIC_RELAXED);
    }
    return header + 1;
}

void *libraryheap_malloc(size_t size)
{
    return take(current, size, false);
}

void *libraryheap_calloc(size_t count, size_t size)
{
    return size == 0 || count <= SIZE_MAX / size ? take(current, count * size, true) : NULL;
}

void libraryheap_free(void *block)
{
    struct header *header = block != NULL ? (struct header *)block - 1 : NULL;
    struct libraryheap *heap = header != NULL ? header->heap : NULL;

    if (heap != NULL) {
        release(heap, memory_cost(header->size + sizeof(*header)));
        drop(heap);
    }
    free(header);
}

/* A block that grows may be copied: both are charged meanwhile. */
void *libraryheap_realloc(void *block, size_t size)
{
    struct header *header = block != NULL ? (struct header *)block - 1 : NULL;
    void *moved;

    if (header == NULL) {
        return libraryheap_malloc(size);
    }
    moved = take(header->heap, size, false);
    if (moved != NULL) {
        memcpy(moved, block, size < header->size ? size : header->size);
        libraryheap_free(block);
    }
    return moved;
}

char *libraryheap_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = libraryheap_malloc(size);

    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

void *libraryheap_zalloc(void *opaque, unsigned count, unsigned size)
{
    return take(opaque, (size_t)count * size, false);
}

void libraryheap_zfree(void *opaque, void *block)
{
    (void)opaque;
    libraryheap_free(block);
}
