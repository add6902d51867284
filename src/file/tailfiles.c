/* Which files a tail follows: those that the pattern finds, and those that it has found before. */
#include "base/text.h"
#include "file/pathpattern.h"
#include "file/tailparts.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct followed *first_named(const struct tail *tail)
{
    struct followed *file = tail->files;

    while (file != NULL && !file->named) {
        file = file->next;
    }
    return file;
}

static bool is_later(struct timespec a, struct timespec b)
{
    return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

/* A file that has lost its name comes before those that have one, and before those that were written to later
 * and were not read yet: they have had its name since, and were found first. */
static void move_forward(struct tail *tail, struct followed *file)
{
    struct followed **link = &tail->files;

    while (*link != file) {
        link = &(*link)->next;
    }
    *link = file->next;
    fstat(file->source.file, &file->seen);
    for (link = &tail->files; *link != NULL && !(*link)->named; link = &(*link)->next) {
        if ((*link)->mark.offset == 0 && *link != tail->current &&
            is_later((*link)->seen.st_mtim, file->seen.st_mtim)) {
            break;
        }
    }
    file->next = *link;
    *link = file;
}

/* ---- marks whose file was not found yet ---- */

/* A mark of the cursor for a file with this inode, at which it goes on; removed from the lost ones. */
static bool resume_by_inode(struct tail *tail, struct followed *file)
{
    for (size_t i = 0; i < tail->lost_count; i++) {
        struct filemark mark = tail->lost[i];

        if (mark.inode == file->mark.inode && filemark_fits(&mark, &file->source)) {
            file->mark.offset = mark.offset;
            file->mark.last = mark.last;
            tail->lost[i] = tail->lost[--tail->lost_count];
            return true;
        }
    }
    return false;
}

/* The same by the content alone: of files that were restored, or whose file system has new numbers. */
static void resume_by_content(struct tail *tail)
{
    for (struct followed *file = tail->files; file != NULL; file = file->next) {
        for (size_t i = 0; i < tail->lost_count && file->mark.offset == 0; i++) {
            const struct filemark *mark = &tail->lost[i];

            if (mark->head_size > 0 && filemark_fits(mark, &file->source)) {
                file->mark.offset = mark->offset;
                file->mark.last = mark->last;
                tail->lost[i] = tail->lost[--tail->lost_count];
            }
        }
    }
}

/* False: out of memory. */
static bool keep_mark(struct tail *tail, const struct filemark *mark)
{
    if (tail->lost_count == tail->lost_room) {
        const size_t room = tail->lost_room + 8, one = sizeof(*mark);
        struct filemark *grown = memory_resize(tail->budget, tail->lost, tail->lost_room * one, room * one);

        if (grown == NULL) {
            return false;
        }
        tail->lost = grown;
        tail->lost_room = room;
    }
    tail->lost[tail->lost_count++] = *mark;
    return true;
}

/* Those that are nowhere. */
static void tell_lost(struct tail *tail)
{
    for (size_t i = 0; i < tail->lost_count; i++) {
        if (tail->lost[i].offset > 0 && tail->lost[i].missed != 0) {
            teller_say(
                &tail->teller, true,
                "%s: a file that was read up to byte %" PRIu64
                " is no longer there, or is another one: what was written to it since then may be lost",
                tail->pattern, tail->lost[i].offset);
        }
    }
    tail->lost_count = 0;
}

void tail_restart(struct tail *tail, struct followed *file)
{
    const struct filemark old = file->mark;
    const size_t before = tail->lost_count;

    if (tail->current == file) {
        tail->current = NULL;
    }
    file->mark.offset = file->mark.head_size = 0;
    file->mark.head = file->mark.last = filemark_hash(NULL, 0);
    filemark_grow(&file->mark, &file->source);
    file->skipped = 0;
    file->dirty = true;
    if (keep_mark(tail, &old)) {
        int tries = 0;

        do {
            tail_find_rotated(tail, file->path, file);
        } while (tail->lost_count > before && tail_read_watch(tail) && ++tries < TAIL_MOST_LOOKS);
    }
    if (tail->lost_count > before) {
        teller_say(&tail->teller, false,
                   "%s: was cut at a time when it was read up to byte %" PRIu64 "; it begins anew",
                   file->path, old.offset);
        tail->lost_count = before;
    }
}

/* ---- looking ---- */

/* Names of packed files, which no program goes on writing to. */
static bool is_packed(const char *path)
{
    static const char *const endings[] = {".gz", ".xz", ".bz2", ".zst", ".Z", ".zip", ".lz4", NULL};
    const size_t length = strlen(path);

    for (const char *const *ending = endings; *ending != NULL; ending++) {
        const size_t size = strlen(*ending);

        if (length > size && strcmp(path + length - size, *ending) == 0) {
            return true;
        }
    }
    return false;
}

static const char *kind_of(mode_t mode)
{
    return S_ISDIR(mode)    ? "a directory"
           : S_ISFIFO(mode) ? "a FIFO"
           : S_ISSOCK(mode) ? "a socket"
                            : "a device";
}

/* What was found cannot be read. While the tail is opened and the path is no pattern, that is its error. */
static void refuse(struct tail *tail, const char *path, const char *why)
{
    if (!tail->started && !pathpattern_is_pattern(tail->pattern)) {
        free(tail->problem);
        tail->problem = text_format("%s: %s", path, why);
    } else if (!tail->told_denied) {
        teller_say(&tail->teller, true, "%s: not read: %s", path, why);
        tail->told_denied = true;
    }
}

/* -1: told. */
static int open_file(struct tail *tail, const char *path, struct stat *status)
{
    int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (file < 0) {
        if (errno != ENOENT) {
            refuse(tail, path, strerror(errno));
        }
        return -1;
    }
    if (fstat(file, status) != 0 || !S_ISREG(status->st_mode)) {
        close(file);
        return -1;
    }
    return file;
}

/* The position behind the last line that is there. */
static void go_to_end(struct tail *tail, struct followed *file)
{
    uint64_t offset = (uint64_t)file->seen.st_size;
    char bytes[512];

    while (offset > 0) {
        const size_t size = offset < sizeof(bytes) ? (size_t)offset : sizeof(bytes);
        const char *end;

        if (filesource_read(&file->source, bytes, size, offset - size) != (ssize_t)size) {
            break;
        }
        end = memrchr(bytes, '\n', size);
        if (end != NULL) {
            offset -= size - (size_t)(end - bytes) - 1;
            break;
        }
        offset -= size;
        if ((uint64_t)file->seen.st_size - offset >
            tail->max_line) { /* the begin of a long line is not searched */
            offset = (uint64_t)file->seen.st_size;
            break;
        }
    }
    filemark_set(&file->mark, &file->source, offset);
}

/* The pattern does not find it any more. */
static void lose_name(struct tail *tail, struct followed *file)
{
    file->named = false;
    file->found = file->dirty = true; /* found: find_between has to look beside it */
    file->changed = scriptclock_now(tail->clock);
    move_forward(tail, file);
}

static void add_named(struct tail *tail, const char *path)
{
    struct stat status;
    struct followed *added;
    int file = open_file(tail, path, &status);

    if (file < 0) {
        return;
    }
    for (struct followed *other = tail->files; other != NULL; other = other->next) {
        if (other->named && strcmp(other->path, path) == 0) {
            lose_name(tail, other);
            break;
        }
    }
    added = tail_add(tail, file, path, &status, false, NULL);
    if (added == NULL) {
        return;
    }
    added->named = added->found = true;
    if (!tail->started && !(tail->resumed && resume_by_inode(tail, added)) && !tail->resumed &&
        tail->from_end) {
        go_to_end(tail, added);
    }
}

static bool find_path(void *owner, const char *path)
{
    struct tail *tail = owner;
    struct stat status;

    if (stat(path, &status) != 0) {
        return true;
    }
    if (!S_ISREG(status.st_mode)) {
        if (!pathpattern_is_pattern(tail->pattern)) {
            char why[96];

            snprintf(why, sizeof(why), "expected a regular file, got %s", kind_of(status.st_mode));
            refuse(tail, path, why);
        }
        return true;
    }
    if (pathpattern_is_pattern(tail->pattern) && is_packed(path)) {
        return true;
    }
    for (struct followed *file = tail->files; file != NULL; file = file->next) {
        if (file->seen.st_dev == status.st_dev && file->seen.st_ino == status.st_ino) {
            file->found = true;
            file->named = true;
            tail_set_path(tail, file, path);
            return true;
        }
    }
    add_named(tail, path);
    return true;
}

/* Files that the pattern does not find any more. */
static void find_unnamed(struct tail *tail)
{
    for (struct followed *file = tail->files, *next; file != NULL; file = next) {
        next = file->next;
        if (file->named && !file->found) {
            lose_name(tail, file);
        }
    }
}

/* Files that came and went since the last look. In the folders of a pattern they are searched only beside
 * files that have lost their name since. */
static void find_between(struct tail *tail)
{
    if (!pathpattern_is_pattern(tail->pattern)) {
        tail_find_rotated(tail, tail->pattern, first_named(tail));
        return;
    }
    for (struct followed *file = tail->files; file != NULL; file = file->next) {
        if (!file->named && file->found) {
            file->found = false;
            tail_find_rotated(tail, file->path, first_named(tail));
        }
    }
}

/* True if nothing was written, and it was not removed. That it was renamed does not count. */
static bool is_unchanged(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_nlink == b->st_nlink && !is_later(a->st_mtim, b->st_mtim) &&
           !is_later(b->st_mtim, a->st_mtim);
}

static void find_changed(struct tail *tail)
{
    const int64_t now = scriptclock_now(tail->clock);

    for (struct followed *file = tail->files; file != NULL; file = file->next) {
        struct stat status;

        if (fstat(file->source.file, &status) != 0) {
            continue;
        }
        if (!is_unchanged(&file->seen, &status)) {
            file->changed = now;
            file->dirty = true;
            if (!file->fixed && !filemark_grow(&file->mark, &file->source)) {
                tail_restart(tail, file);
            }
        }
        file->seen = status;
        if (!file->named && now - file->changed >= tail_quiet_limit(file)) {
            file->dirty = true;
        }
    }
}

/* After a restart: where those are that the pattern did not find. */
static void find_lost(struct tail *tail)
{
    resume_by_content(tail);
    for (struct followed *file = tail->files; file != NULL; file = file->next) {
        if (file->named) {
            tail_find_rotated(tail, file->path, first_named(tail));
        }
    }
    if (!pathpattern_is_pattern(tail->pattern)) {
        tail_find_rotated(tail, tail->pattern, first_named(tail));
    }
}

static void watch_folders(struct tail *tail)
{
    char *fixed = strndup(tail->pattern, strcspn(tail->pattern, "*?[\\"));

    if (fixed != NULL) {
        filewatch_add_folder(&tail->watch, fixed);
    }
    free(fixed);
    for (const struct followed *file = tail->files; file != NULL; file = file->next) {
        if (file->named) {
            filewatch_add_folder(&tail->watch, file->path);
        }
    }
}

/* Looks once. */
static void look_at_files(struct tail *tail)
{
    watch_folders(tail);
    for (struct followed *file = tail->files; file != NULL; file = file->next) {
        file->found = false;
    }
    if (!pathpattern_each(tail->pattern, find_path, tail)) {
        tail->no_memory = true;
    }
    if (tail->no_memory) {
        return; /* what was not found may be there */
    }
    find_unnamed(tail);
    find_changed(tail); /* before what came later is found */
    if (tail->started) {
        find_between(tail);
    } else if (tail->resumed) {
        find_lost(tail);
    }
}

void tail_look_at_files(struct tail *tail)
{
    const int64_t looked = clock_now(CLOCK_REALTIME_COARSE);
    int looks = 0;

    tail_settle(tail);
    do {
        tail->renamed = tail->no_memory = false;
        look_at_files(tail);
        tail_read_watch(tail);
    } while (tail->renamed &&
             ++looks < TAIL_MOST_LOOKS); /* a file that was renamed meanwhile may have escaped */
    tail->look = scriptclock_now(tail->clock) +
                 (tail->watch.inotify >= 0 && !tail->no_memory ? TAIL_LOOK_WATCHED : TAIL_LOOK_BLIND);
    if (!tail->renamed &&
        !tail->no_memory) { /* else what was not found yet is searched for by the next look */
        tell_lost(tail);
        tail->looked = looked;
    }
}
