/*
 * packer: packs and unpacks bytes in memory, in the formats of gzip (RFC 1952) and zlib (RFC 1950), a piece
 * at a time.
 *
 * What is unpacked may have several members, if it is gzip's, and zeros behind them; nothing else.
 *
 * Owner: who opens it; the input must stay where it is. Memory is charged to the budget. Not thread safe.
 */
#ifndef LURE_COMPRESS_PACKER_H
#define LURE_COMPRESS_PACKER_H

#include "base/libraryheap.h"

#include <stdbool.h>
#include <stddef.h>
#include <zlib.h>

/* Bytes of input, or of output, that one step takes at most. */
#define PACKER_STEP ((size_t)64 * 1024)

enum packer_format { PACKER_GZIP, PACKER_ZLIB };

enum packer_result {
    PACKER_MORE, /* another step is needed */
    PACKER_DONE,
    PACKER_CUT,    /* the input ends too early */
    PACKER_BEHIND, /* there is something else behind the end */
    PACKER_BROKEN, /* `stream.msg` may say more */
    PACKER_MEMORY
};

struct packer {
    z_stream stream;
    struct libraryheap *heap; /* NULL: it is closed */
    enum packer_format format;
    bool unpacks, ended;  /* a member has ended */
    const char *at, *end; /* of the input that the stream does not have yet */
};

/* Level 0 to 9. False: out of memory; nothing has to be closed. */
bool packer_open(struct packer *packer, enum packer_format format, int level, const char *bytes,
                 size_t length, struct memory_budget *budget);
bool unpacker_open(struct packer *packer, enum packer_format format, const char *bytes, size_t length,
                   struct memory_budget *budget);

/* Writes at most `size` bytes to `to`, *written of them. After another result than PACKER_MORE only close it.
 */
enum packer_result packer_step(struct packer *packer, char *to, size_t size, size_t *written);

/* How much of the input is left. */
static inline size_t packer_left(const struct packer *packer)
{
    return (size_t)(packer->end - packer->at) + packer->stream.avail_in;
}

/* All zero is closed; may be closed again. */
void packer_close(struct packer *packer);

#endif
