/*
 * filetrust: checks that only root could have written a file that is about to be run as root.
 *
 * The same check as that of ssh and sudo: the file and each directory on its path, symbolic links and their
 * targets included, must belong to root or to the user who called sudo, and must not be writable by another
 * group or by everybody. A directory with the sticky bit, and a read-only mount (a ConfigMap of Kubernetes
 * is writable by mode), are accepted, since nobody can replace another user's file there. The owner of "/"
 * counts as root: in an unprivileged container that is an ordinary user of the machine.
 *
 * Thread safe. No check is made unless the process runs as root.
 */
#ifndef LURE_SCRIPT_FILETRUST_H
#define LURE_SCRIPT_FILETRUST_H

#include <stdbool.h>
#include <sys/stat.h>

/* True if nobody else could have written the file at `path`, whose status is `file`, or if the process does
 * not run as root. False: `*problem` says who could and how to fix that; the caller frees it (NULL: out of
 * memory). */
bool filetrust_is_safe(const char *path, const struct stat *file, char **problem);

#endif
