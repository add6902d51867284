/*
 * tail: the lines of files that grow, of a path or of all that match a pattern, in the order in which they
 * were written.
 *
 * Nothing here waits. tail_next gives a line, or says that there is none now; then the caller waits until
 * tail_watch is readable or tail_due has come, calls tail_look, and goes on.
 *
 * A file is followed by its inode, however it is renamed, until it has been quiet for some time after its
 * name was gone; then what it has of a last line without an end is a line, too. Files that come later are
 * read from their begin. One that was cut begins anew; what was not read of it is searched in files beside it
 * that begin alike, as logrotate's copytruncate leaves them. So are, after a restart, files that were
 * renamed, copied or packed (gzip) in the meantime, and files that came and went between.
 *
 * The cursor is a text with a mark (filemark.h) of each file. It is the position behind the last line that
 * was given.
 *
 * Owner: who opens it. Not thread safe. Memory is charged to the budget. What is wrong with files is told.
 */
#ifndef LURE_FILE_TAIL_H
#define LURE_FILE_TAIL_H

#include "base/memorybudget.h"
#include "base/scriptclock.h"
#include "base/teller.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAIL_MOST_FILES 4096u

struct tail;

struct tail_options {
    const char *pattern;
    size_t max_line;    /* longer ones are skipped, and told */
    bool from_end;      /* without a cursor: only what is written from now on */
    const char *cursor; /* or NULL */
    size_t cursor_size;
    struct teller teller;
    struct memory_budget *budget;
    const struct script_clock *clock; /* or NULL */
};

/* NULL: `*problem` says why (the path is no regular file, may not be read, …), and the caller frees it; it is
 * NULL where memory is out. */
struct tail *tail_open(const struct tail_options *options, char **problem);

void tail_close(struct tail *tail);

/* True if the text is a cursor of this pattern. */
bool tail_knows(const char *pattern, const char *cursor, size_t size);

/* TAIL_BUSY: a part of a long line was skipped, and there may be more: it is to be called again. */
enum tail_outcome { TAIL_LINE, TAIL_NOTHING, TAIL_BUSY, TAIL_NO_MEMORY };

/* The next line, without its end; valid until the next call. */
enum tail_outcome tail_next(struct tail *tail, const char **line, size_t *size);

enum tail_taken { TAIL_MORE, TAIL_ENOUGH, TAIL_REFUSED };

/* Passes to `take` the lines that were read already, one after the other, until it has enough, or refuses
 * one, which comes again. True: it has enough. False: tail_next has to be called. */
bool tail_advance(struct tail *tail, enum tail_taken (*take)(void *to, const char *line, size_t size),
                  void *to);

/* What to wait for: a descriptor to be readable (-1: there is none), and a time of the clock in ns. */
int tail_watch(const struct tail *tail);
int64_t tail_due(const struct tail *tail);

/* Looks what has changed. */
void tail_look(struct tail *tail);

/* The cursor behind the last line; valid until the next call of any function. NULL: out of memory. */
const char *tail_cursor(struct tail *tail, size_t *size);

#endif
