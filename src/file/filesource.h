/*
 * filesource: the bytes of a regular file by their position; those of a gzip file unpacked.
 *
 * A gzip file is unpacked from its begin: reading in order is quick, a step back begins anew. It may have
 * several members, as `cat a.gz b.gz` makes them.
 *
 * Owner: who opens it. Not thread safe. Memory is charged to the budget.
 */
#ifndef LURE_FILE_FILESOURCE_H
#define LURE_FILE_FILESOURCE_H

#include "base/memorybudget.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct gunzip;

struct filesource {
    int file;                /* or -1: it is closed */
    struct gunzip *unpacked; /* or NULL: a plain file */
    struct memory_budget *budget;
};

/* True if the file begins as a gzip file does. */
bool filesource_is_gzip(int file);

/* Takes over the descriptor. `unpack`: it is a gzip file. False: out of memory; the descriptor is closed. */
bool filesource_open(struct filesource *source, int file, bool unpack, struct memory_budget *budget);

/* Reads up to `size` bytes at a position; fewer only at the end. -1: errno says why (EILSEQ: broken gzip
 * data, EPIPE: they are cut). */
ssize_t filesource_read(struct filesource *source, void *to, size_t size, uint64_t position);

/* All zero but `file`, -1, is closed, and may be closed again. */
void filesource_close(struct filesource *source);

#endif
