/*
 * guardpage: memory that ends where unmapped memory begins.
 *
 * What the emulated host shows to a plugin stands in such memory, so that reading one
 * byte too far, as into a member that an older host does not have, is a crash and not a
 * coincidence. The memory is used again by the next guard_take.
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

/* `size` bytes whose end touches the unmapped page, filled with rubbish; NULL: out of memory. */
void *guard_take(struct guard *guard, size_t size);

/* The same with a copy of `data` in it. */
void *guard_copy(struct guard *guard, const void *data, size_t size);

/* The call is over: who reads the memory later gets rubbish. */
void guard_spoil(struct guard *guard);

void guard_free(struct guard *guard);

#endif
