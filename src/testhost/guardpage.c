#include "testhost/guardpage.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RUBBISH 0x5a

void *guard_take(struct guard *guard, size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t needed = (size / page + 1) * page;

    if (guard->mapped < needed) {
        unsigned char *map =
            mmap(NULL, needed + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (map == MAP_FAILED)
            return NULL;
        if (mprotect(map + needed, page, PROT_NONE) != 0) {
            munmap(map, needed + page);
            return NULL;
        }
        guard_free(guard);
        guard->map = map;
        guard->mapped = needed;
    }
    guard->data = guard->map + guard->mapped - size;
    guard->size = size;
    guard_spoil(guard);
    return guard->data;
}

void *guard_copy(struct guard *guard, const void *data, size_t size)
{
    void *copy = guard_take(guard, size);

    if (copy != NULL && size > 0)
        memcpy(copy, data, size);
    return copy;
}

void guard_spoil(struct guard *guard)
{
    if (guard->size > 0)
        memset(guard->data, RUBBISH, guard->size);
}

void guard_free(struct guard *guard)
{
    if (guard->map != NULL)
        munmap(guard->map, guard->mapped + (size_t)sysconf(_SC_PAGESIZE));
    memset(guard, 0, sizeof *guard);
}
