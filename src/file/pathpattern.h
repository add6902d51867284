/*
 * pathpattern: the files whose paths match a pattern of the shell: *, ?, [a-z] in any component; a "*" does
 * not match a leading dot. A backslash quotes. Links are followed.
 *
 * Thread safe.
 */
#ifndef LURE_FILE_PATHPATTERN_H
#define LURE_FILE_PATHPATTERN_H

#include <stdbool.h>

/* True if the path has wildcards. */
bool pathpattern_is_pattern(const char *pattern);

/* Calls `each` with the path of all that exists and matches, in no order, until it returns false. False: so
 * it was, or memory is out (errno is ENOMEM). Directories that cannot be read are left out. */
bool pathpattern_each(const char *pattern, bool (*each)(void *owner, const char *path), void *owner);

#endif
