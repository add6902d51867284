/*
 * filemark: how far a file was read, and what it looked like there, so that the same bytes are found again
 * although the file was renamed, copied, packed or cut, and so that another file with the same inode is told
 * from it.
 *
 * A mark has the hash of the file's first 512 bytes, or of as many as it had, and of the 64 before the
 * position.
 */
#ifndef LURE_FILE_FILEMARK_H
#define LURE_FILE_FILEMARK_H

#include "file/filesource.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FILEMARK_HEAD 512u
#define FILEMARK_LAST 64u

/* How many bytes before a position are hashed for `last`. */
static inline size_t filemark_last(uint64_t offset)
{
    return offset < FILEMARK_LAST ? (size_t)offset : FILEMARK_LAST;
}

/* The hash of such bytes. */
uint64_t filemark_hash(const void *bytes, size_t size);

/* The longest text of a mark. */
#define FILEMARK_TEXT 120u

struct filemark {
    uint64_t device, inode;
    uint64_t offset;     /* of the first byte that was not read */
    uint64_t head_size;  /* how many bytes `head` is of */
    uint64_t head, last; /* the hashes */
    uint64_t missed;     /* 1: where the file is gone something was lost, perhaps */
};

/* Moves the position to `offset`, of which `at` is the place in a buffer that has filemark_last bytes before
 * it. */
void filemark_move(struct filemark *mark, uint64_t offset, const char *at);

/* Takes the head of a file that has become longer. False: it is not what it was. */
bool filemark_grow(struct filemark *mark, struct filesource *source);

/* As filemark_move, reading the bytes. False: they cannot be read. */
bool filemark_set(struct filemark *mark, struct filesource *source, uint64_t offset);

/* True if the file's first bytes are those of the mark, which has some. */
bool filemark_has_head(const struct filemark *mark, struct filesource *source);

/* True if the file goes on at the mark's position: both hashes are right, as far as there are any. */
bool filemark_fits(const struct filemark *mark, struct filesource *source);

/* Writes ";DEVICE:INODE:OFFSET:SIZE:HEAD:LAST:MISSED", in hexadecimal. Returns its length. */
size_t filemark_write(const struct filemark *mark, char *to);

/* Reads it from `text`. Returns what is behind it; NULL: it is none. */
const char *filemark_read(struct filemark *mark, const char *text, const char *end);

#endif
