/* The list of files that a tail follows. */
#include "base/clock.h"
#include "base/text.h"
#include "file/tailparts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t path_cost(const char *path)
{
    return memory_cost(strlen(path) + 1);
}

bool tail_set_path(struct tail *tail, struct followed *file, const char *path)
{
    char *copy;

    if (file->path != NULL && strcmp(file->path, path) == 0) {
        return true;
    }
    copy = memory_charge(tail->budget, path_cost(path)) ? text_copy(path) : NULL;
    if (copy == NULL) {
        return false;
    }
    if (file->path != NULL) {
        memory_release(tail->budget, path_cost(file->path));
        free(file->path);
    }
    file->path = copy;
    return true;
}

struct followed *tail_add(struct tail *tail, int file, const char *path, const struct stat *status,
                          bool unpack, struct followed *before)
{
    struct followed *added, **link = &tail->files;

    if (tail->count >= TAIL_MOST_FILES) {
        if (!tail->told_many) {
            teller_say(&tail->teller, true, "%s: more than %u files; %s and others are not read",
                       tail->pattern, TAIL_MOST_FILES, path);
        }
        tail->told_many = true;
        close(file);
        return NULL;
    }
    added = memory_take(tail->budget, sizeof(*added));
    if (added == NULL) {
        close(file);
        tail->no_memory = true;
        return NULL;
    }
    *added = (struct followed){.watch = -1, .seen = *status, .dirty = true};
    added->changed = scriptclock_now(tail->clock);
    added->mark = (struct filemark){.device = status->st_dev,
                                    .inode = status->st_ino,
                                    .head = filemark_hash(NULL, 0),
                                    .last = filemark_hash(NULL, 0)};
    if (!filesource_open(&added->source, file, unpack, tail->budget) || !tail_set_path(tail, added, path)) {
        filesource_close(&added->source);
        memory_give(tail->budget, added, sizeof(*added));
        tail->no_memory = true;
        return NULL;
    }
    filemark_grow(&added->mark, &added->source);
    added->watch = filewatch_add_file(&tail->watch, file, path);
    while (*link != before) {
        link = &(*link)->next;
    }
    added->next = before;
    *link = added;
    tail->count++;
    return added;
}

void tail_drop(struct tail *tail, struct followed *file)
{
    struct followed **link = &tail->files;

    while (*link != file) {
        link = &(*link)->next;
    }
    *link = file->next;
    tail->count--;
    if (tail->current == file) {
        tail->current = NULL;
    }
    filewatch_remove(&tail->watch, file->watch);
    filesource_close(&file->source);
    memory_release(tail->budget, path_cost(file->path));
    free(file->path);
    memory_give(tail->budget, file, sizeof(*file));
}

/* A file has been written to. */
static void note_written(void *owner, int number)
{
    struct tail *tail = owner;

    for (struct followed *file = tail->files; file != NULL; file = file->next) {
        if (file->watch == number) {
            file->dirty = true;
            file->changed = scriptclock_now(tail->clock);
        }
    }
}

bool tail_read_watch(struct tail *tail)
{
    const bool names = filewatch_read(&tail->watch, note_written, tail);

    tail->renamed = tail->renamed || names;
    return names;
}
