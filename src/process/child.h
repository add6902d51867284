/*
 * child: a program that runs, its pipes, and its end.
 *
 * child_descriptor is readable whenever there is something to do: output, standard error, room for input, the
 * end. child_handle then does it; only output waits for child_read. Of standard error the last CHILD_TAIL
 * bytes are kept. Where the kernel has no pidfd (before 5.3) the end is not among those: look every
 * CHILD_POLL ns.
 *
 * SIGCHLD is the host's: only this process is waited for, by its number. A host that ignores SIGCHLD, or
 * waits for every child, takes its exit status away: then it is not known.
 *
 * Owner: who embeds it. Not thread safe.
 */
#ifndef LURE_PROCESS_CHILD_H
#define LURE_PROCESS_CHILD_H

#include "process/spawn.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CHILD_TAIL 4096
#define CHILD_POLL INT64_C(20000000)

enum child_end { CHILD_RUNS, CHILD_EXITED, CHILD_SIGNALLED, CHILD_UNKNOWN };

struct child {
    pid_t pid;                 /* 0: it was waited for, or given to the reaper */
    int events;                /* an epoll descriptor, of all below; -1: none */
    int pidfd;                 /* -1: the kernel has none, or it has ended */
    int input, output, errors; /* -1: closed */
    const char *rest;          /* of the input; the owner keeps it */
    size_t rest_size;
    enum child_end end;
    int status;            /* of the end: an exit status, or a signal */
    char tail[CHILD_TAIL]; /* of standard error */
    size_t tail_size;
};

/* All descriptors -1: child_close may be called. */
void child_init(struct child *child);

/* Starts it. False: errno, and `step`. */
bool child_start(struct child *child, const struct spawn_request *request, const char *input, size_t size,
                 enum spawn_step *step);

static inline int child_descriptor(const struct child *child)
{
    return child->events;
}

/* Writes input, reads standard error, and learns of the end; never waits. */
void child_handle(struct child *child);

/* Output, as read does; 0: its end. */
ssize_t child_read(struct child *child, void *to, size_t room);

/* Has the first process of the group ended? Its status is known then. It stays a zombie until child_close, so
 * that its number is nobody else's. */
static inline bool child_has_ended(const struct child *child)
{
    return child->end != CHILD_RUNS;
}

/* Sends a signal to the group. */
void child_signal(const struct child *child, int signal);

/* The last line of standard error that is not empty; "": none. Not terminated. */
const char *child_last_line(const struct child *child, size_t *size);

/* Closes the pipes. If it runs yet, or `all` and what it has started may, the reaper gets it. */
void child_close(struct child *child, bool all);

#endif
