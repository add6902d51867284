/*
 * fileidentity: compares files by device and inode, to recognize one file under two paths and to notice that
 * a file was changed or replaced.
 *
 * Thread safe.
 */
#ifndef LURE_BASE_FILEIDENTITY_H
#define LURE_BASE_FILEIDENTITY_H

#include <stdbool.h>
#include <sys/stat.h>

/* True if both paths are those of one file. */
bool file_same(const char *a, const char *b);

/* True if it is the same file, and neither its content nor its inode has changed. The inode's change time
 * also shows that the modification time was set back, or that owner or permissions changed. */
bool file_unchanged(const struct stat *a, const struct stat *b);

#endif
