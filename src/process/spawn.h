/*
 * spawn: starts a program in a process group of its own, with pipes at its standard files.
 *
 * The child shares our memory until it runs the program (vfork), so it costs the same in a large host. It
 * gets no descriptors but its three, close-on-exec or not, and no blocked or ignored signals. Nothing in this
 * process changes but the calling thread's signal mask, for a moment.
 *
 * Any thread may call it. No memory is allocated.
 */
#ifndef LURE_PROCESS_SPAWN_H
#define LURE_PROCESS_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

struct spawn_request {
    const char *program; /* a path: spawn_find */
    char *const *words;  /* argv */
    char *const *environment;
    const char *directory; /* to run in; NULL: ours */
    bool has_input;        /* a pipe for its standard input; else /dev/null */
};

/* Pipes are non-blocking on our side, and close-on-exec. */
struct spawned {
    pid_t pid;
    int input; /* -1: none */
    int output, errors;
};

enum spawn_step { SPAWN_PIPES, SPAWN_FORK, SPAWN_DIRECTORY, SPAWN_PROGRAM };

/* False: errno says why, and `step` what failed. */
bool spawn_run(const struct spawn_request *request, struct spawned *spawned, enum spawn_step *step);

/* The path of a program that is named without a slash: the first in the directories of `path` (the value of
 * PATH; NULL: the system's default) that may be executed. False: errno is ENOENT, or EACCES where there is
 * only a file that may not. */
bool spawn_find(const char *name, const char *path, char *found, size_t size);

#endif
