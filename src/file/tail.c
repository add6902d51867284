#include "file/tail.h"

#include "file/tailparts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM ((size_t)64 * 1024)

/* A busy file gives so many bytes before others have their turn. */
#define LONGEST_TURN ((size_t)1024 * 1024)

/* So much of a line that is too long is skipped at once. */
#define LONGEST_SKIP ((size_t)8 * 1024 * 1024)

/* ---- the buffer ---- */

/* Makes room for a longer line. False: out of memory. */
static bool grow(struct tail *tail)
{
    const size_t most = FILEMARK_LAST + tail->max_line + 1, twice = 2 * tail->room;
    const size_t room = tail->room == 0 ? FIRST_ROOM : twice < most ? twice : most;
    char *grown = memory_resize(tail->budget, tail->buffer, tail->room, room);

    if (grown == NULL) {
        return false;
    }
    tail->buffer = grown;
    tail->room = room;
    return true;
}

/* Reads the current file from its mark on. False: it is not the file that it was, or cannot be read (errno).
 */
static bool load(struct tail *tail)
{
    struct followed *file = tail->current;
    const size_t before = filemark_last(file->mark.offset);
    ssize_t got;

    errno = 0;
    file->dirty = false; /* what changes from here on is noted anew */
    got = filesource_read(&file->source, tail->buffer, tail->room, file->mark.offset - before);
    if (got < (ssize_t)before || filemark_hash(tail->buffer, before) != file->mark.last) {
        return false;
    }
    if ((file->mark.head_size < FILEMARK_HEAD || before == 0) && file->source.unpacked == NULL &&
        !filemark_grow(&file->mark, &file->source)) {
        return false;
    }
    tail->base = file->mark.offset - before;
    tail->begin = before;
    tail->end = (size_t)got;
    tail->at_end = (size_t)got < tail->room;
    tail->scanned = 0;
    return true;
}

/* Reads on behind what the buffer has, without a step back, which is dear in a packed file. */
static bool load_more(struct tail *tail)
{
    const size_t kept = tail->begin - filemark_last(tail->base + tail->begin);
    ssize_t got;

    tail->current->dirty = false;
    memmove(tail->buffer, tail->buffer + kept, tail->end - kept);
    tail->base += kept;
    tail->begin -= kept;
    tail->end -= kept;
    got = filesource_read(&tail->current->source, tail->buffer + tail->end, tail->room - tail->end,
                          tail->base + tail->end);
    if (got < 0) {
        return false;
    }
    tail->at_end = (size_t)got < tail->room - tail->end;
    tail->end += (size_t)got;
    return true;
}

/* ---- lines that are too long ---- */

/* The line at the mark, of which so many bytes are known, is too long. */
static void begin_skip(struct tail *tail, size_t known)
{
    struct followed *file = tail->current;

    tail_settle(tail);
    file->skipped = known;
    tail->at_end = false;
    teller_say(&tail->teller, true,
               "%s: a line of more than %zu bytes, at byte %" PRIu64 ", is skipped (limit: max_line)",
               file->path, tail->max_line, file->mark.offset);
}

/* Goes on to the end of the line, as far as the file has it. */
static void skip(struct tail *tail)
{
    struct followed *file = tail->current;
    const uint64_t from = file->mark.offset + file->skipped;
    const ssize_t got = (file->dirty = false, filesource_read(&file->source, tail->buffer, tail->room, from));
    const char *end = got > 0 ? memchr(tail->buffer, '\n', (size_t)got) : NULL;

    tail->begin = tail->end = 0;
    if (got <= 0) {
        tail->at_end = true;
    } else if (end == NULL) {
        file->skipped += (size_t)got;
        file->dirty = true;
    } else {
        file->skipped = 0;
        tail->current = NULL; /* it is read from the new mark on */
        file->dirty = true;
        if (!filemark_set(&file->mark, &file->source, from + (uint64_t)(end - tail->buffer) + 1)) {
            tail_restart(tail, file);
        }
    }
}

/* ---- from file to file ---- */

/* The file that is read next: those without a name come first. */
static struct followed *pick(const struct tail *tail)
{
    struct followed *file = tail->files;

    while (file != NULL && !file->dirty) {
        file = file->next;
    }
    return file;
}

/* Lets others have their turn. */
static void end_turn(struct tail *tail)
{
    struct followed *file = tail->current, **link = &tail->files;

    tail_settle(tail);
    tail->current = NULL;
    file->dirty = true;
    while (*link != file) {
        link = &(*link)->next;
    }
    *link = file->next;
    while (*link != NULL) {
        link = &(*link)->next;
    }
    *link = file;
    file->next = NULL;
}

static bool is_finished(const struct tail *tail, const struct followed *file)
{
    return !file->named && scriptclock_now(tail->clock) - file->changed >= tail_quiet_limit(file);
}

/* The current file has no whole line any more. True: the rest of it is its last line. */
static bool end_file(struct tail *tail, const char **line, size_t *size)
{
    struct followed *file = tail->current;
    const size_t rest = file->skipped == 0 ? tail->end - tail->begin : 0;

    if (!is_finished(tail, file) || file->dirty) {
        tail_settle(tail);
        tail->current = NULL; /* where it has changed since it is read again */
        return false;
    }
    if (rest > 0 && rest <= tail->max_line) {
        *line = tail->buffer + tail->begin;
        *size = rest;
        tail->begin = tail->scanned = tail->end;
        return true;
    }
    tail_drop(tail, file);
    return false;
}

/* The current file is another one than before, or broken. */
static void handle_failure(struct tail *tail, int error)
{
    struct followed *file = tail->current;

    if (error == 0) {
        tail_restart(tail, file);
        return;
    }
    teller_say(&tail->teller, true, "%s: reading stopped at byte %" PRIu64 ": %s", file->path,
               file->mark.offset,
               error == EILSEQ  ? "its gzip data are broken"
               : error == EPIPE ? "its gzip data are cut"
                                : strerror(error));
    if (file->named) {
        file->dirty = false; /* it is tried again when it changes */
        tail->current = NULL;
    } else {
        tail_drop(tail, file);
    }
}

/* Is the size of a file with a skipped line still what it was, at least? */
static bool was_cut(const struct followed *file)
{
    struct stat status;

    return file->source.unpacked == NULL && fstat(file->source.file, &status) == 0 &&
           (uint64_t)status.st_size < file->mark.offset + file->skipped;
}

/* Begins with a file, or goes on with the current one, whose buffer has no whole line. False: out of memory.
 */
static bool advance(struct tail *tail, bool fresh)
{
    struct followed *file = tail->current;
    const size_t left = tail->end - tail->begin;
    bool done;

    if (file->skipped > 0) {
        errno = 0;
        if (was_cut(file)) {
            tail_restart(tail, file);
        } else {
            skip(tail);
        }
        return true;
    }
    if (tail->room == 0 && !grow(tail)) {
        return false;
    }
    if (!fresh && left > tail->max_line) {
        begin_skip(tail, left);
        return true;
    }
    if (!fresh && left + FILEMARK_LAST >= tail->room && !grow(tail)) {
        return false;
    }
    tail_settle(tail);
    done = !fresh && file->source.unpacked != NULL ? load_more(tail) : load(tail);
    if (!done) {
        handle_failure(tail, errno);
        return true;
    }
    tail->turn += tail->end - tail->begin;
    return true;
}

/* True if the buffer has a whole line. */
static bool take_line(struct tail *tail, const char **line, size_t *size)
{
    char *begin = tail->buffer + tail->begin;
    const size_t known = tail->end - tail->begin;
    const char *end =
        known > tail->scanned ? memchr(begin + tail->scanned, '\n', known - tail->scanned) : NULL;

    if (end == NULL) {
        tail->scanned = known;
        return false;
    }
    *line = begin;
    *size = (size_t)(end - begin);
    tail->scanned = 0;
    if (*size > tail->max_line) {
        begin_skip(tail, *size);
        return false;
    }
    tail->begin += *size + 1;
    return true;
}

enum tail_outcome tail_next(struct tail *tail, const char **line, size_t *size)
{
    size_t skipped = 0;

    for (;;) {
        bool fresh = tail->current == NULL;

        if (fresh) {
            tail->current = pick(tail);
            tail->begin = tail->end = tail->scanned = tail->turn = 0;
            if (tail->current == NULL) {
                return TAIL_NOTHING;
            }
            tail->base = tail->current->mark.offset;
        } else if (tail->current->skipped == 0) {
            if (take_line(tail, line, size)) {
                return TAIL_LINE;
            }
            if (tail->at_end && tail->current->skipped == 0) {
                if (end_file(tail, line, size)) {
                    return TAIL_LINE;
                }
                continue;
            }
        } else if (tail->at_end) {
            tail->at_end = false;
            end_file(tail, line, size);
            continue;
        }
        if (scriptclock_about_now(tail->clock) >= tail->look) {
            tail_look(tail);
        }
        if (!fresh && tail->current->named && tail->turn >= LONGEST_TURN && tail->count > 1) {
            end_turn(tail);
            continue;
        }
        if (!fresh && tail->current->skipped > 0 && (skipped += tail->room) > LONGEST_SKIP) {
            return TAIL_BUSY;
        }
        if (!advance(tail, fresh)) {
            return TAIL_NO_MEMORY;
        }
    }
}

bool tail_advance(struct tail *tail, enum tail_taken (*take)(void *to, const char *line, size_t size),
                  void *to)
{
    enum tail_taken taken = TAIL_MORE;

    if (tail->current == NULL || tail->current->skipped > 0) {
        return false;
    }
    while (taken == TAIL_MORE) {
        const char *begin = tail->buffer + tail->begin, *line_end;
        const size_t known = tail->end - tail->begin;

        line_end = known > tail->scanned ? memchr(begin + tail->scanned, '\n', known - tail->scanned) : NULL;
        if (line_end == NULL || (size_t)(line_end - begin) > tail->max_line) {
            return false;
        }
        taken = take(to, begin, (size_t)(line_end - begin));
        if (taken != TAIL_REFUSED) {
            tail->begin += (size_t)(line_end - begin) + 1;
            tail->scanned = 0;
        }
    }
    return taken == TAIL_ENOUGH;
}

/* ---- waiting ---- */

int tail_watch(const struct tail *tail)
{
    return tail->watch.inotify;
}

int64_t tail_due(const struct tail *tail)
{
    return tail->look;
}

void tail_look(struct tail *tail)
{
    tail_read_watch(tail);
    if (tail->renamed || scriptclock_now(tail->clock) >= tail->look) {
        tail_look_at_files(tail);
    }
}

/* ---- open and close ---- */

struct tail *tail_open(const struct tail_options *options, char **problem)
{
    struct tail *tail = memory_take(options->budget, sizeof(*tail));

    *problem = NULL;
    if (tail == NULL) {
        return NULL;
    }
    *tail = (struct tail){.max_line = options->max_line,
                          .teller = options->teller,
                          .budget = options->budget,
                          .clock = options->clock,
                          .from_end = options->from_end,
                          .pattern = memory_take(options->budget, strlen(options->pattern) + 1)};
    filewatch_open(&tail->watch);
    if (tail->pattern == NULL) {
        tail_close(tail);
        return NULL;
    }
    strcpy(tail->pattern, options->pattern);
    if (options->cursor != NULL && !tail_read_cursor(tail, options, problem)) {
        tail_close(tail);
        return NULL;
    }
    tail->resumed = options->cursor != NULL;
    tail_look_at_files(tail);
    if (tail->no_memory) {
        tail_close(tail);
        return NULL;
    }
    tail->started = true;
    if (tail->problem != NULL) {
        *problem = tail->problem;
        tail->problem = NULL;
        tail_close(tail);
        return NULL;
    }
    if (tail->files == NULL &&
        !tail->resumed) { /* perhaps its name is not right, and nothing would ever come */
        teller_say(&tail->teller, false, "%s: there is no such file yet; waiting for it", tail->pattern);
    }
    return tail;
}

void tail_close(struct tail *tail)
{
    struct memory_budget *budget = tail->budget;

    while (tail->files != NULL) {
        tail_drop(tail, tail->files);
    }
    filewatch_close(&tail->watch);
    memory_give(budget, tail->lost, tail->lost_room * sizeof(*tail->lost));
    memory_give(budget, tail->buffer, tail->room);
    memory_give(budget, tail->cursor, tail->cursor_room);
    free(tail->problem);
    if (tail->pattern != NULL) {
        memory_give(budget, tail->pattern, strlen(tail->pattern) + 1);
    }
    memory_give(budget, tail, sizeof(*tail));
}
