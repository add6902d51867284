#include "file/filewatch.h"

#include "base/text.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define NAMES (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF)

void filewatch_open(struct filewatch *watch)
{
    watch->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
}

void filewatch_close(struct filewatch *watch)
{
    if (watch->inotify >= 0) {
        close(watch->inotify);
    }
    watch->inotify = -1;
}

int filewatch_add_file(struct filewatch *watch, int file, const char *path)
{
    char opened[32];
    int number;

    if (watch->inotify < 0) {
        return -1;
    }
    /* the file that is open, whatever the path is by now */
    snprintf(opened, sizeof(opened), "/proc/self/fd/%d", file);
    number = inotify_add_watch(watch->inotify, opened, IN_MODIFY);
    return number >= 0 ? number : inotify_add_watch(watch->inotify, path, IN_MODIFY);
}

int filewatch_add_folder(struct filewatch *watch, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder;
    int number;

    if (watch->inotify < 0) {
        return -1;
    }
    folder = slash == NULL ? text_copy(".") : strndup(path, slash > path ? (size_t)(slash - path) : 1);
    number = folder != NULL ? inotify_add_watch(watch->inotify, folder, NAMES | IN_ONLYDIR) : -1;
    free(folder);
    return number;
}

void filewatch_remove(struct filewatch *watch, int number)
{
    if (watch->inotify >= 0 && number >= 0) {
        inotify_rm_watch(watch->inotify, number);
    }
}

bool filewatch_read(struct filewatch *watch, void (*written)(void *owner, int number), void *owner)
{
    char events[16 * (sizeof(struct inotify_event) + NAME_MAX + 1)]
        __attribute__((aligned(__alignof__(struct inotify_event))));
    bool names = false;
    ssize_t got;

    while (watch->inotify >= 0 && (got = read(watch->inotify, events, sizeof(events))) > 0) {
        for (const char *at = events; at < events + got;) {
            const struct inotify_event *event = (const struct inotify_event *)(const void *)at;

            if ((event->mask & IN_MODIFY) != 0) {
                written(owner, event->wd);
            } else if ((event->mask & IN_IGNORED) == 0) { /* that is the end of a watch of our own */
                names = true;
            }
            at += sizeof(*event) + event->len;
        }
    }
    return names;
}
