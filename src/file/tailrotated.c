/* Where files are that were renamed, copied or packed: beside the one that has their name now. */
#include "file/tailparts.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct candidate {
    char name[256];
    struct stat status;
    bool is_rotated; /* by its name; else its inode is a lost one's, and may be another file's by now */
};

struct candidates {
    struct candidate *list;
    size_t count, room;
};

/* True if the rest of a name is what rotation adds: ".1", "-20261129", ".2.gz", ".old". */
static bool is_rotation(const char *rest)
{
    if (*rest != '.' && *rest != '-' && *rest != '_') {
        return false;
    }
    rest++;
    return isdigit((unsigned char)*rest) || strcmp(rest, "old") == 0 || strcmp(rest, "bak") == 0 ||
           strcmp(rest, "gz") == 0;
}

/* True if a rotation of `base` could have that name: "app.log.1", "app-20261129.log". */
static bool is_rotated_name(const char *base, const char *name)
{
    const size_t length = strlen(base);
    const char *extension = strrchr(base, '.');
    const size_t stem = extension != NULL && extension > base ? (size_t)(extension - base) : length;

    if (strncmp(name, base, length) == 0 && is_rotation(name + length)) {
        return true;
    }
    return stem < length && strncmp(name, base, stem) == 0 && is_rotation(name + stem) &&
           strstr(name + stem + 1, extension) != NULL;
}

static bool is_followed(const struct tail *tail, const struct stat *status)
{
    for (const struct followed *file = tail->files; file != NULL; file = file->next) {
        if (file->mark.device == status->st_dev && file->mark.inode == status->st_ino) {
            return true;
        }
    }
    return false;
}

static bool is_lost_inode(const struct tail *tail, uint64_t inode)
{
    for (size_t i = 0; i < tail->lost_count; i++) {
        if (tail->lost[i].inode == inode && tail->lost[i].head_size > 0) {
            return true;
        }
    }
    return false;
}

/* Later ones last. */
static int compare(const void *a, const void *b)
{
    const struct timespec *of_a = &((const struct candidate *)a)->status.st_mtim;
    const struct timespec *of_b = &((const struct candidate *)b)->status.st_mtim;

    if (of_a->tv_sec != of_b->tv_sec) {
        return of_a->tv_sec < of_b->tv_sec ? -1 : 1;
    }
    return (of_a->tv_nsec > of_b->tv_nsec) - (of_a->tv_nsec < of_b->tv_nsec);
}

/* When it was last written to. */
static int64_t written_at(const struct stat *status)
{
    return status->st_mtim.tv_sec * CLOCK_SECOND + status->st_mtim.tv_nsec;
}

/* True if it was written to since names were last looked at, or shortly before: one that was renamed or
 * packed during that look may have escaped it. Files that were read are followed for longer, so they are
 * known. */
static bool is_new(const struct tail *tail, const struct stat *status)
{
    return written_at(status) >= tail->looked - TAIL_SLACK;
}

/* False: out of memory. */
static bool add_candidate(const struct tail *tail, struct candidates *candidates, const char *name,
                          const struct stat *status, bool rotated)
{
    const size_t one = sizeof(struct candidate), room = candidates->room > 0 ? 2 * candidates->room : 16;

    if (candidates->count == candidates->room) {
        struct candidate *grown =
            memory_resize(tail->budget, candidates->list, candidates->room * one, room * one);

        if (grown == NULL) {
            return false;
        }
        candidates->list = grown;
        candidates->room = room;
    }
    strcpy(candidates->list[candidates->count].name, name);
    candidates->list[candidates->count].is_rotated = rotated;
    candidates->list[candidates->count++].status = *status;
    return true;
}

/* All files of the directory that may be meant, the oldest first. */
static void collect(const struct tail *tail, DIR *folder, const char *base, struct candidates *candidates)
{
    const struct dirent *entry;
    bool more = true;

    while (more && (entry = readdir(folder)) != NULL) {
        const bool rotated = is_rotated_name(base, entry->d_name);
        struct stat status;

        if ((rotated || is_lost_inode(tail, entry->d_ino)) &&
            fstatat(dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(status.st_mode) && (tail->lost_count > 0 || is_new(tail, &status)) &&
            !is_followed(tail, &status)) {
            more = add_candidate(tail, candidates, entry->d_name, &status, rotated);
        }
    }
    if (candidates->count > 0) {
        qsort(candidates->list, candidates->count, sizeof(struct candidate), compare);
    }
}

static void forget_lost(struct tail *tail, size_t index)
{
    tail->lost[index] = tail->lost[--tail->lost_count];
}

/* True if a lost mark goes on in the file. */
static bool take_lost(struct tail *tail, struct followed *file)
{
    for (size_t i = 0; i < tail->lost_count; i++) {
        const struct filemark lost = tail->lost[i];

        /* an inode alone says nothing: that of a packed file is soon another one's */
        if (lost.head_size > 0 && filemark_fits(&lost, &file->source)) {
            file->fixed = file->fixed || lost.inode != file->mark.inode;
            file->mark.offset = lost.offset;
            file->mark.last = lost.last;
            forget_lost(tail, i);
            return true;
        }
    }
    return false;
}

/* True if it begins as that file does, as far as it has been copied by now. */
static bool begins_as(const struct followed *file, struct followed *other)
{
    struct filemark begin = file->mark;

    if (!other->fixed && other->mark.head_size < FILEMARK_HEAD) {
        filemark_grow(&other->mark, &other->source); /* it may have become longer since the last look */
    }
    if (begin.head_size >= other->mark.head_size) {
        return false;
    }
    return filemark_has_head(&begin, &other->source);
}

/* True if it is a copy of a file that is followed, or was: it begins as that one does. */
static bool is_copy(const struct tail *tail, struct followed *file)
{
    for (struct followed *other = tail->files; other != NULL; other = other->next) {
        if (other != file && (begins_as(file, other) || filemark_has_head(&other->mark, &file->source))) {
            return true;
        }
    }
    for (size_t i = 0; i < tail->lost_count; i++) {
        if (filemark_has_head(&tail->lost[i], &file->source)) {
            return true;
        }
    }
    return false;
}

/* Where a new file has its place in the list: before those that were written to later and were not read yet.
 */
static struct followed *find_place(const struct tail *tail, const struct stat *status,
                                   struct followed *before)
{
    struct followed *file = tail->files;

    while (file != before && (file->named || file->mark.offset > 0 || file == tail->current ||
                              written_at(&file->seen) <= written_at(status))) {
        file = file->next;
    }
    return file;
}

/* Opens a candidate. -1: it cannot be opened, or its name has become another file's. */
static int open_candidate(int folder, const struct candidate *candidate)
{
    const int file =
        openat(folder, candidate->name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
    struct stat status;

    if (file >= 0 && (fstat(file, &status) != 0 || status.st_dev != candidate->status.st_dev ||
                      status.st_ino != candidate->status.st_ino)) {
        close(file);
        return -1;
    }
    return file;
}

/* Follows a candidate, if it goes on where something was lost, or is new. */
static void try_candidate(struct tail *tail, int folder, const char *parent,
                          const struct candidate *candidate, struct followed *before)
{
    const int file = open_candidate(folder, candidate);
    const bool unpack = file >= 0 && filesource_is_gzip(file);
    char full[4096 + 256];
    struct followed *added;

    if (file < 0) {
        return;
    }
    snprintf(full, sizeof(full), "%s/%s", parent, candidate->name);
    added =
        tail_add(tail, file, full, &candidate->status, unpack, find_place(tail, &candidate->status, before));
    if (added == NULL) {
        return;
    }
    added->fixed = unpack;
    /* without a head it is a copy, or a packed file, that has just begun, perhaps: it is seen again */
    if (!take_lost(tail, added) && (!candidate->is_rotated || added->mark.head_size == 0 ||
                                    is_copy(tail, added) || !is_new(tail, &candidate->status))) {
        tail_drop(tail, added);
    }
}

void tail_find_rotated(struct tail *tail, const char *path, struct followed *before)
{
    const char *slash = strrchr(path, '/'), *base = slash != NULL ? slash + 1 : path;
    char *parent = slash == NULL ? strdup(".") : strndup(path, slash > path ? (size_t)(slash - path) : 1);
    DIR *folder = parent != NULL ? opendir(parent) : NULL;
    struct candidates candidates = {.list = NULL};

    tail_settle(tail);
    if (folder != NULL) {
        collect(tail, folder, base, &candidates);
    }
    for (size_t i = 0; i < candidates.count; i++) {
        if (tail->lost_count > 0 || is_new(tail, &candidates.list[i].status)) {
            try_candidate(tail, dirfd(folder), parent, &candidates.list[i], before);
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
    memory_give(tail->budget, candidates.list, candidates.room * sizeof(struct candidate));
    free(parent);
}
