#include "state/slotfile.h"

#include "base/clock.h"
#include "base/text.h"
#include "state/slotlayout.h"
#include "state/statefolder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYNC_INTERVAL  CLOCK_SECOND
#define RETRY_INTERVAL (10 * CLOCK_SECOND)
#define MOST_ASIDE     9

/* The slots of a kind: those that are synced, and those between. */
enum { SLOTS_SYNCED, SLOTS_QUICK, SLOTS_OF_KIND = 2 };

/* ---- messages ---- */

/* Tells "FOLDER/NAME: text". */
static void tell(const struct slotfile *file, bool grave, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void tell(const struct slotfile *file, bool grave, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    int length = snprintf(text, sizeof(text), "%.500s/%.300s: ", file->folder, file->name);

    va_start(arguments, format);
    vsnprintf(text + length, sizeof(text) - (size_t)length, format, arguments);
    va_end(arguments);
    file->teller.tell(file->teller.owner, grave, text);
}

/* The content is not kept now: `why`, or a text that has the path already. */
static void fail(struct slotfile *file, const char *why, const char *problem)
{
    file->retry = clock_now(CLOCK_MONOTONIC) + RETRY_INTERVAL;
    if (file->failed) {
        return;
    }
    file->failed = true;
    if (problem != NULL) {
        file->teller.tell(file->teller.owner, true, problem);
    } else {
        tell(file, true, "not written, so that after a restart what was delivered since then comes again: %s",
             why);
    }
}

/* ---- reading ---- */

/* True if the path in the directory is still that of the open file. */
static bool is_same(int folder, const char *name, int file)
{
    struct stat of_path, of_file;

    return fstatat(folder, name, &of_path, AT_SYMLINK_NOFOLLOW) == 0 && fstat(file, &of_file) == 0 &&
           of_path.st_dev == of_file.st_dev && of_path.st_ino == of_file.st_ino;
}

/* Opens and locks the file. -1: it does not exist, or that failed, which is told. */
static int open_locked(struct slotfile *file, int folder)
{
    for (int tries = 0; tries < 3; tries++) { /* it may be replaced between the two */
        int found = openat(folder, file->name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

        if (found < 0 && (errno == EROFS || errno == EACCES)) {
            found = openat(folder, file->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
            file->foreign = found >= 0;
        }
        if (found < 0) {
            if (errno != ENOENT) {
                tell(file, true, "not read, so nothing is known of before, and nothing is kept: %s",
                     errno == ELOOP ? "it is a link" : strerror(errno));
                file->foreign = true;
            }
            return -1;
        }
        if (file->foreign) {
            tell(file, true,
                 "may not be written: nothing is kept; what is delivered now comes again after a restart");
            return found;
        }
        if (flock(found, LOCK_EX | LOCK_NB) != 0) {
            tell(file, false,
                 "in use by another process, or for the same plugin in this one: it is only read, and "
                 "nothing is kept");
            file->foreign = true;
            return found;
        }
        if (is_same(folder, file->name, found)) {
            return found;
        }
        close(found);
    }
    return -1;
}

/* Gives a file that cannot be read another name. */
static void put_aside(struct slotfile *file, int folder)
{
    for (int number = 1; number <= MOST_ASIDE; number++) {
        char *name = number == 1 ? text_format("%s.corrupt", file->name)
                                 : text_format("%s.corrupt-%d", file->name, number);
        struct stat status;
        bool is_free =
            name != NULL && fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
        bool done = is_free && renameat(folder, file->name, folder, name) == 0;

        if (done) {
            tell(file, true, "its content is broken, so nothing is known of before; renamed to %s", name);
        }
        free(name);
        if (done || is_free) {
            file->foreign = !done;
            if (!done) {
                tell(file, true, "its content is broken and it cannot be renamed: nothing is kept: %s",
                     strerror(errno));
            }
            return;
        }
    }
    tell(file, true, "its content is broken; nothing is kept until the older files %s.corrupt* are removed",
         file->name);
    file->foreign = true;
}

/* False: out of memory. */
static bool make_room(struct slotfile *file, size_t size)
{
    char *grown;

    if (size <= file->room) {
        return true;
    }
    grown = memory_resize(file->budget, file->content, file->room, size);
    if (grown == NULL) {
        return false;
    }
    file->content = grown;
    file->room = size;
    return true;
}

/* Takes over what the open file has. False: out of memory. */
static bool read_content(struct slotfile *file, int folder, int found)
{
    struct slots_found slots;
    struct stat status;

    if (fstat(found, &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != geteuid()) {
        tell(file, true, "not read, because it is no file of the user %u: nothing is kept",
             (unsigned)geteuid());
        file->foreign = true;
        return true;
    }
    if (!slots_read(found, file->identity, SLOTFILE_MOST, &slots)) {
        if (errno != 0) {
            tell(file, true, "not read, so nothing is known of before, and nothing is kept: %s",
                 strerror(errno));
            file->foreign = true;
        } else if (file->foreign) {
            tell(file, true, "its content is broken, so nothing is known of before, and nothing is kept");
        } else {
            put_aside(file, folder);
        }
        return true;
    }
    if (!make_room(file, slots.size > 0 ? slots.size : 1)) {
        return false;
    }
    if (!slots_read_content(found, &slots, file->content)) {
        tell(file, true, "not read, so nothing is known of before, and nothing is kept: %s",
             errno != 0 ? strerror(errno) : "it is cut");
        file->foreign = true;
        return true;
    }
    file->size = slots.size;
    file->slot_size = slots.slot_size;
    file->sequence = slots.sequences[slots.newest];
    for (unsigned kind = 0; kind < SLOT_COUNT / SLOTS_OF_KIND; kind++) {
        const uint64_t *of_kind = slots.sequences + kind * SLOTS_OF_KIND;

        file->next[kind] = of_kind[0] <= of_kind[1] ? 0 : 1;
    }
    if (!file->foreign) {
        file->file = found;
    }
    return true;
}

bool slotfile_open(struct slotfile *file, char *folder, char *name, char *identity, struct teller teller,
                   struct memory_budget *budget)
{
    char *problem = NULL;
    int directory, found;
    bool done = true;

    *file = (struct slotfile){
        .folder = folder, .name = name, .identity = identity, .teller = teller, .budget = budget, .file = -1};
    if (folder == NULL) {
        return true;
    }
    directory = statefolder_open(folder, false, &problem);
    if (directory < 0) {
        if (problem != NULL) {
            fail(file, NULL, problem);
        }
        free(problem);
        return true;
    }
    found = open_locked(file, directory);
    if (found >= 0) {
        done = read_content(file, directory, found);
        if (file->file < 0) {
            close(found);
        }
    }
    close(directory);
    if (!done) {
        slotfile_close(file);
    }
    return done;
}

/* ---- writing ---- */

/* Makes the file in the directory, and keeps it open. False: told. */
static bool make_file(struct slotfile *file, int folder, const char *temporary)
{
    const size_t least = slot_size_for(file->size),
                 slot_size = least < 2 * file->slot_size ? 2 * file->slot_size : least;
    struct stat status;
    int made;

    if (file->file < 0 && fstatat(folder, file->name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
        tell(file, false, "another process has made it meanwhile: nothing is kept");
        file->foreign = true;
        return false;
    }
    unlinkat(folder, temporary, 0); /* of a process that was killed here */
    made = openat(folder, temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (made < 0) {
        fail(file, strerror(errno), NULL);
        return false;
    }
    if (flock(made, LOCK_EX | LOCK_NB) != 0 ||
        !slots_write_new(made, file->identity, slot_size, file->sequence, file->content, file->size) ||
        fsync(made) != 0 || renameat(folder, temporary, folder, file->name) != 0) {
        fail(file, strerror(errno), NULL);
        unlinkat(folder, temporary, 0);
        close(made);
        return false;
    }
    fsync(folder);
    if (file->file >= 0) {
        close(file->file);
    }
    file->file = made;
    file->slot_size = slot_size;
    file->next[SLOTS_SYNCED] = 1;
    file->next[SLOTS_QUICK] = 0;
    return true;
}

static bool make_anew(struct slotfile *file)
{
    char *problem = NULL, *temporary = text_format("%s.new", file->name);
    int folder = statefolder_open(file->folder, true, &problem);
    bool done = false;

    if (folder < 0 || temporary == NULL) {
        fail(file, TEXT_NO_MEMORY, problem);
    } else {
        done = make_file(file, folder, temporary);
    }
    if (folder >= 0) {
        close(folder);
    }
    free(temporary);
    free(problem);
    return done;
}

/* True if somebody has removed the open file, or put another in its place. */
static bool is_removed(const struct slotfile *file)
{
    struct stat status;

    return fstat(file->file, &status) != 0 || status.st_nlink == 0;
}

/* Writes the content to the oldest slot of that kind. */
static bool write_slot(struct slotfile *file, unsigned kind)
{
    unsigned slot = kind * SLOTS_OF_KIND + file->next[kind];

    if (!slots_write(file->file, file->slot_size, slot, file->sequence, file->content, file->size)) {
        fail(file, strerror(errno), NULL);
        return false;
    }
    file->next[kind] ^= 1;
    return true;
}

/* Writes the content. `last`: waits until it is on the disk. */
static void put(struct slotfile *file, bool last)
{
    const int64_t now = clock_now(CLOCK_MONOTONIC_COARSE);
    const bool sync = last || now - file->synced >= SYNC_INTERVAL;
    const bool counts_anew = file->sequence == UINT64_MAX; /* 0 is a slot that was never written */
    bool done;

    if (file->folder == NULL || file->foreign || (file->failed && !last && now < file->retry)) {
        return;
    }
    file->sequence = counts_anew ? 1 : file->sequence + 1;
    if (file->file >= 0 && sync && is_removed(file)) {
        tell(file, true, "was removed; it is written anew");
        close(file->file);
        file->file = -1;
    }
    if (file->file < 0 || counts_anew || file->size > file->slot_size - sizeof(struct slot_head)) {
        done = make_anew(file);
    } else {
        done = write_slot(file, sync ? SLOTS_SYNCED : SLOTS_QUICK);
        if (done && last && fdatasync(file->file) != 0) {
            fail(file, strerror(errno), NULL);
            done = false;
        } else if (done && sync) {
            /* begins to write, and does not wait; not every file system can */
            (void)sync_file_range(file->file, 0, 0, SYNC_FILE_RANGE_WRITE);
        }
    }
    file->synced = sync ? now : file->synced;
    if (done && file->failed) {
        file->failed = false;
        tell(file, false, "written again");
    }
}

bool slotfile_write(struct slotfile *file, const void *content, size_t size)
{
    if (size == file->size && file->sequence > 0 && !file->failed &&
        (size == 0 || memcmp(file->content, content, size) == 0)) {
        return true;
    }
    if (!make_room(file, size > 0 ? size : 1)) {
        return false;
    }
    if (size > 0) {
        memcpy(file->content, content, size);
    }
    file->size = size;
    put(file, false);
    return true;
}

void slotfile_close(struct slotfile *file)
{
    if (file->file >= 0 || file->failed) {
        put(file, true);
    }
    if (file->folder != NULL && file->file >= 0) {
        close(file->file);
    }
    free(file->folder);
    free(file->name);
    free(file->identity);
    memory_give(file->budget, file->content, file->room);
    *file = (struct slotfile){.file = -1};
}
