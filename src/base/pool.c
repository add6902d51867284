#include "base/pool.h"

#include <stdint.h>
#include <string.h>

#define FIRST_CHUNK   4096u
#define LARGEST_CHUNK (256u * 1024u)

_Static_assert(sizeof(struct pool_chunk) % POOL_ALIGN == 0, "the bytes behind a chunk's header are aligned");

static unsigned char *chunk_bytes(struct pool_chunk *chunk)
{
    return (unsigned char *)(chunk + 1);
}

/* Adds a chunk of at least `size` bytes after the current one, and makes it current. */
static bool add_chunk(struct pool *pool, size_t size)
{
    size_t room = FIRST_CHUNK - sizeof(struct pool_chunk);
    struct pool_chunk *chunk;

    if (pool->current != NULL) {
        room = 2 * (pool->current->size + sizeof(struct pool_chunk)) - sizeof(struct pool_chunk);
    }
    if (room > LARGEST_CHUNK) {
        room = LARGEST_CHUNK - sizeof(struct pool_chunk);
    }
    if (room < size) {
        room = size;
    }
    chunk = memory_take(pool->budget, sizeof(struct pool_chunk) + room);
    if (chunk == NULL && room > size) { /* what is left may be enough for this */
        room = size;
        chunk = memory_take(pool->budget, sizeof(struct pool_chunk) + room);
    }
    if (chunk == NULL) {
        return false;
    }
    chunk->size = room;
    ASAN_POISON_MEMORY_REGION(chunk_bytes(chunk), room);
    if (pool->current == NULL) {
        chunk->next = pool->first;
        pool->first = chunk;
    } else {
        chunk->next = pool->current->next;
        pool->current->next = chunk;
    }
    pool->current = chunk;
    pool->used = 0;
    return true;
}

/* Makes a chunk current that has `size` bytes left. False: memory is out. */
static bool find_room(struct pool *pool, size_t size)
{
    struct pool_chunk *next = pool->current != NULL ? pool->current->next : pool->first;

    if (next != NULL && next->size >= size) {
        pool->current = next;
        pool->used = 0;
        return true;
    }
    return add_chunk(pool, size);
}

void *pool_take_more(struct pool *pool, size_t size)
{
    return find_room(pool, (size + POOL_ALIGN - 1) / POOL_ALIGN * POOL_ALIGN) ? pool_take_quickly(pool, size)
                                                                              : NULL;
}

char *pool_text(struct pool *pool, const char *text, size_t length)
{
    char *copy = length < SIZE_MAX ? pool_take(pool, length + 1) : NULL;

    if (copy != NULL) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

void pool_reset(struct pool *pool, size_t keep)
{
    struct pool_chunk **link = &pool->first;

    if (pool->first != NULL && pool->first->next == NULL && pool->first->size <= keep) {
        pool->current = pool->first;
        pool->used = 0;
        ASAN_POISON_MEMORY_REGION(chunk_bytes(pool->first), pool->first->size);
        return;
    }
    while (*link != NULL) {
        struct pool_chunk *chunk = *link;

        if (chunk->size <= keep) {
            keep -= chunk->size;
            ASAN_POISON_MEMORY_REGION(chunk_bytes(chunk), chunk->size);
            link = &chunk->next;
        } else {
            *link = chunk->next;
            ASAN_UNPOISON_MEMORY_REGION(chunk_bytes(chunk), chunk->size);
            memory_give(pool->budget, chunk, sizeof(struct pool_chunk) + chunk->size);
        }
    }
    pool->current = pool->first;
    pool->used = 0;
}

bool pool_owns(const struct pool *pool, const void *address)
{
    uintptr_t wanted = (uintptr_t)address;

    for (struct pool_chunk *chunk = pool->first; chunk != NULL; chunk = chunk->next) {
        uintptr_t begin = (uintptr_t)chunk_bytes(chunk);

        if (wanted >= begin && wanted - begin < chunk->size) {
            return true;
        }
    }
    return false;
}

void pool_free(struct pool *pool)
{
    pool_reset(pool, 0);
}
