/*
 * filewatch: inotify, where it works: says which files have changed, and whether names in directories have.
 *
 * It is a help only: on network and some stacked file systems, and where the system's limits are reached,
 * nothing is said, and callers look from time to time.
 *
 * Owner: who opens it. Not thread safe.
 */
#ifndef LURE_FILE_FILEWATCH_H
#define LURE_FILE_FILEWATCH_H

#include <stdbool.h>

struct filewatch {
    int inotify; /* or -1: there is none */
};

void filewatch_open(struct filewatch *watch);
void filewatch_close(struct filewatch *watch);

/* Watches an open file for what is written to it. Returns its number; -1: it is not watched. */
int filewatch_add_file(struct filewatch *watch, int file, const char *path);

/* Watches the names in the directory of a path. -1: it is not watched. */
int filewatch_add_folder(struct filewatch *watch, const char *path);

void filewatch_remove(struct filewatch *watch, int number);

/* Reads what has happened: `written` for each file, with its number. True: names have changed, or events were
 * lost. */
bool filewatch_read(struct filewatch *watch, void (*written)(void *owner, int number), void *owner);

#endif
