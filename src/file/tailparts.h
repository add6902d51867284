/*
 * tailparts: what the files of tail.h share: tail.c (reading), tailcursor.c, tailfiles.c (which files) and
 * tailrotated.c (where those are that were renamed, copied or packed).
 */
#ifndef LURE_FILE_TAILPARTS_H
#define LURE_FILE_TAILPARTS_H

#include "base/clock.h"
#include "file/filemark.h"
#include "file/filewatch.h"
#include "file/tail.h"

#include <sys/stat.h>

/* After so long without a change a file that has lost its name is at its end: a removed one, and one that is
 * there under another name, where its writer may go on. */
#define TAIL_QUIET_REMOVED (5 * CLOCK_SECOND)
#define TAIL_QUIET_RENAMED (60 * CLOCK_SECOND)

/* A file that was written to so long before the last look may not have been seen by it. */
#define TAIL_SLACK CLOCK_SECOND

/* A look is repeated while names change, so often at most. */
#define TAIL_MOST_LOOKS 10

/* Between two looks, with and without inotify. */
#define TAIL_LOOK_WATCHED CLOCK_SECOND
#define TAIL_LOOK_BLIND   (100 * CLOCK_MILLISECOND)

struct followed {
    struct followed *next;
    struct filesource source;
    struct filemark mark;
    char *path;       /* its name when it was last found */
    int watch;        /* its number in inotify, or -1 */
    bool named;       /* the pattern finds it */
    bool found;       /* by the look that is going on */
    bool fixed;       /* a copy or packed: nobody writes to it any more */
    bool dirty;       /* there may be something to read */
    uint64_t skipped; /* bytes behind the mark that are part of a line that is too long */
    struct stat seen;
    int64_t changed; /* when that last differed, by the clock */
};

struct tail {
    char *pattern;
    size_t max_line;
    struct teller teller;
    struct memory_budget *budget;
    const struct script_clock *clock;

    struct followed *files; /* those without a name first, in the order in which they are to be read */
    size_t count;
    bool started, from_end, resumed; /* resumed: there was a cursor */
    struct filemark
        *lost; /* marks of the cursor, or of files that were cut, whose bytes were not found yet */
    size_t lost_count, lost_room;

    struct filewatch watch;
    bool renamed;   /* names have changed since a look began */
    bool no_memory; /* memory was out in a look: what it has not found may be there */
    int64_t look;   /* when to look next */
    int64_t looked; /* when names were last looked at, CLOCK_REALTIME_COARSE: what is older is known */
    bool told_many, told_denied;
    char *problem; /* of the path, while it is opened */

    struct followed *current; /* whose bytes are in the buffer, or NULL */
    char *buffer;
    size_t room;
    uint64_t base;     /* the position of the buffer's begin in the file */
    size_t begin, end; /* what was not given yet; before it lie the bytes that a mark needs */
    size_t scanned;    /* of that, without the end of a line */
    bool at_end;       /* of the file */
    size_t turn;       /* bytes that this file has given since another one had its turn */

    char *cursor;
    size_t cursor_room, cursor_begin;
    int64_t cursor_looked; /* `looked`, for which the first cursor_begin bytes are right */
};

/* After so long without a change a file without a name is at its end. */
static inline int64_t tail_quiet_limit(const struct followed *file)
{
    return file->fixed || file->seen.st_nlink == 0 ? TAIL_QUIET_REMOVED : TAIL_QUIET_RENAMED;
}

/* The cursor's marks become lost ones, which are to be found. False: `*problem` says why, or memory is out.
 */
bool tail_read_cursor(struct tail *tail, const struct tail_options *options, char **problem);

/* Notes which files were written to, and whether names have changed (`renamed`). True: they have since the
 * last call. */
bool tail_read_watch(struct tail *tail);

/* The mark of the current file becomes that of the reading position. */
static inline void tail_settle(struct tail *tail)
{
    struct followed *file = tail->current;

    if (file != NULL && file->skipped == 0 && tail->base + tail->begin != file->mark.offset) {
        filemark_move(&file->mark, tail->base + tail->begin, tail->buffer + tail->begin);
    }
}

/* Adds an open file in front of `before` (NULL: as the last). Takes over the descriptor. NULL: out of memory,
 * or too many. */
struct followed *tail_add(struct tail *tail, int file, const char *path, const struct stat *status,
                          bool unpack, struct followed *before);

/* Gives it another path. False: out of memory; it has the one of before. */
bool tail_set_path(struct tail *tail, struct followed *file, const char *path);

/* Ends following it. */
void tail_drop(struct tail *tail, struct followed *followed);

/* Finds the files, and which of them have changed. */
void tail_look_at_files(struct tail *tail);

/* Its bytes are no longer there: it begins anew. The mark is kept as a lost one. */
void tail_restart(struct tail *tail, struct followed *followed);

/* Searches beside `path` for the lost marks, and for files that came and went since the last look; adds them.
 * `before`: the file that is read after them. */
void tail_find_rotated(struct tail *tail, const char *path, struct followed *before);

#endif
