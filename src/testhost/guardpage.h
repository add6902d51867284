/*
 * guardpage: memory blocks that end at an unmapped page.
 *
 * What the emulated host passes to a plugin is in such memory, so that an access beyond its end, for example
 * to a member that an older host does not have, crashes. A block is reused by the next guard_take.
 */
#ifndef LURE_TESTHOST_GUARDPAGE_H
#define LURE_TESTHOST_GUARDPAGE_H

#include <stddef.h>

struct guard {
    unsigned char *map; /* NULL: none yet */
    size_t mapped;      /* bytes before the unmapped page */
    unsigned char *data;
    size_t size;
};

/* `size` bytes whose end touches the unmapped page, filled with garbage; NULL: out of memory. */
void *guard_take(struct guard *guard, size_t size);

/* The same with a copy of `data` in it. */
void *guard_copy(struct guard *guard, const void *data, size_t size);

/* The call has ended: who reads the memory later gets garbage. */
void guard_spoil(struct guard *guard);

void guard_free(struct guard *guard);

#endif
