/*
 * scratch: a directory for the files of a fuzz target's process, which is removed in the end with those that
 * it says.
 *
 * It is in memory where that is possible: each input writes a script, and truncating a file on a disk takes
 * milliseconds.
 */
#ifndef LURE_FUZZ_SCRATCH_H
#define LURE_FUZZ_SCRATCH_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char scratch_directory[64]; /* "": not yet */

/* The path of a file in it, valid until the next call. */
static inline const char *scratch_path(const char *name)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/%s", scratch_directory, name);
    return path;
}

static inline void scratch_remove(void)
{
    unlink(scratch_path("script.lua"));
    unlink(scratch_path("copy.so"));
    rmdir(scratch_directory);
}

/* `runs`: libraries in it have to be loaded, which /dev/shm may forbid. */
static inline void scratch_make(int runs)
{
    const char *below = !runs && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

    snprintf(scratch_directory, sizeof(scratch_directory), "%s/lure-fuzz-XXXXXX", below);
    if (mkdtemp(scratch_directory) == NULL) {
        perror(scratch_directory);
        abort();
    }
    atexit(scratch_remove);
}

#endif
