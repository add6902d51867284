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

/* True if both paths lead to one file. */
bool file_same(const char *a, const char *b);

/* True if it is the same file, and neither its text nor its inode has changed: the time of the inode's last
 * change tells of a text that came with its old time, and of who may write it. */
bool file_unchanged(const struct stat *a, const struct stat *b);

#endif
