/*
 * slotlayout: the bytes of a slot file (slotfile.h): header, slots, checksums.
 *
 * Numbers are in the machine's byte order; a file of another order has a wrong checksum. Functions that
 * return false leave errno, or 0 where the file's bytes are at fault. Thread safe.
 */
#ifndef LURE_STATE_SLOTLAYOUT_H
#define LURE_STATE_SLOTLAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SLOT_PAGE  ((size_t)4096) /* the header's size; slots are of whole pages */
#define SLOT_COUNT 4u

struct slot_head {
    uint64_t sequence; /* 0: never written */
    uint64_t size;     /* of the content behind the head */
    uint64_t checksum; /* of both, and the content */
};

/* The size of a slot for so many bytes of content. */
size_t slot_size_for(size_t content);

/* Writes a whole file: the header, the content in the first slot, the others empty. `identity` is cut where
 * it does not fit into the header. */
bool slots_write_new(int file, const char *identity, size_t slot_size, uint64_t sequence, const void *content,
                     size_t size);

/* Writes one slot. */
bool slots_write(int file, size_t slot_size, unsigned slot, uint64_t sequence, const void *content,
                 size_t size);

/* What slots_read has found. */
struct slots_found {
    size_t slot_size;
    unsigned newest;                /* the slot with the content */
    uint64_t sequences[SLOT_COUNT]; /* of each slot; of broken ones 0 */
    size_t size;                    /* of the content */
};

/* Checks the file. False: it is not of this identity, or broken, or larger than `most` (errno is 0). */
bool slots_read(int file, const char *identity, size_t most, struct slots_found *found);

/* Reads the content that slots_read has found to `to`, which has room for it. */
bool slots_read_content(int file, const struct slots_found *found, void *to);

#endif
