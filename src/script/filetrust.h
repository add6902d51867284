/*
 * filetrust: whether others could change a file that is run as root.
 *
 * As ssh and sudo look at their files: the file, and each folder on the way to it, where links lead as
 * well as where they stand, belongs to root or to the user who called sudo, and neither another group nor
 * everybody may write it. In a folder with the sticky bit, and in one that is mounted read-only (a ConfigMap
 * of Kubernetes is one that everybody could write), nobody can replace what belongs to somebody else. Who
 * owns "/" counts as root: in a container without privileges that is a user of the machine.
 *
 * Every function is thread safe, and asks nothing unless the process runs as root.
 */
#ifndef LURE_SCRIPT_FILETRUST_H
#define LURE_SCRIPT_FILETRUST_H

#include <stdbool.h>
#include <sys/stat.h>

/*
 * True if nobody else could change the file at `path`, whose status is `file`, or the process does not run as
 * root. False: `*problem` says who could and how to mend that; the caller frees it (NULL: out of memory).
 */
bool filetrust_is_safe(const char *path, const struct stat *file, char **problem);

#endif
