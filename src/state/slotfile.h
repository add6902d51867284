/*
 * slotfile: a small file whose content is replaced often and never lost.
 *
 * Behind a header the file has four slots of equal size, each with a sequence number, a length and a
 * checksum; the content is that of the valid slot with the highest number. A write goes over the oldest of
 * two slots, so that one that is cut short (kill -9, full disk) leaves the content of before. It is one
 * system call, and does not wait for the disk. Once a second, and at the end, a write goes to the two other
 * slots instead and on its way to the disk: after a power failure the content is at most some seconds old.
 *
 * The file is made with the first write, and again where it grows out of its slots or somebody has removed
 * it: under a temporary name, synced and renamed, with the mode 0600. Links are not followed. A file that
 * cannot be read is put aside as NAME.corrupt. While it is open the file is locked (flock): who opens it a
 * second time reads, and keeps nothing.
 *
 * Errors are told in a sentence, once until a write succeeds again; the content is kept in memory in any
 * case.
 *
 * Owner: who opens it. Not thread safe. Memory is charged to the budget (NULL: none).
 */
#ifndef LURE_STATE_SLOTFILE_H
#define LURE_STATE_SLOTFILE_H

#include "base/memorybudget.h"
#include "base/teller.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest content. */
#define SLOTFILE_MOST ((size_t)512 * 1024)

struct slotfile {
    char *folder;   /* the directory's path; NULL: nothing is kept on disk */
    char *name;     /* in it */
    char *identity; /* what the content is of, one "key: value" a line; for people, and as a check */
    struct teller teller;
    struct memory_budget *budget;
    int file;       /* or -1 */
    bool foreign;   /* another one has locked it */
    bool failed;    /* the last write has, and was told */
    int64_t retry;  /* not earlier, CLOCK_MONOTONIC */
    int64_t synced; /* the last slot of those that go to the disk was written then */
    size_t slot_size;
    unsigned next[2];  /* which of the two slots of each kind is the oldest */
    uint64_t sequence; /* of the content */
    char *content;
    size_t size, room;
};

/* What the file has is in content and size afterwards; both are 0 where it has none. Takes over the three
 * texts, which come from malloc. False: out of memory; closed already. */
bool slotfile_open(struct slotfile *file, char *folder, char *name, char *identity, struct teller teller,
                   struct memory_budget *budget);

/* Replaces the content, of at most SLOTFILE_MOST bytes. False: out of memory; the content is as before. */
bool slotfile_write(struct slotfile *file, const void *content, size_t size);

/* Waits until the content is on the disk, and frees all. All zero is a closed one. */
void slotfile_close(struct slotfile *file);

#endif
