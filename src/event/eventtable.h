/*
 * eventtable: the types of events that libscap knows, and what parameters each has.
 *
 * The list itself is eventtable.def. All is constant, and without a pointer in it, which would have to be
 * relocated in each process; threads may share it.
 */
#ifndef LURE_EVENT_EVENTTABLE_H
#define LURE_EVENT_EVENTTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Kinds of parameters (PT_* in libscap), and the bytes of one; 0: of any length. DYN_*, the last ones: the
 * first byte says which of a few others it is. X(name, bytes, signed) */
#define PARAMETER_TYPES(X)                                                                                   \
    X(UINT8, 1, false)                                                                                       \
    X(UINT16, 2, false)                                                                                      \
    X(UINT32, 4, false)                                                                                      \
    X(UINT64, 8, false)                                                                                      \
    X(INT16, 2, true)                                                                                        \
    X(INT32, 4, true)                                                                                        \
    X(INT64, 8, true)                                                                                        \
    X(FLAGS8, 1, false)                                                                                      \
    X(FLAGS16, 2, false)                                                                                     \
    X(FLAGS32, 4, false)                                                                                     \
    X(ENUMFLAGS8, 1, false)                                                                                  \
    X(ENUMFLAGS16, 2, false)                                                                                 \
    X(ENUMFLAGS32, 4, false)                                                                                 \
    X(SYSCALLID, 2, false)                                                                                   \
    X(SIGTYPE, 1, false)                                                                                     \
    X(SIGSET, 4, false)                                                                                      \
    X(PORT, 2, false)                                                                                        \
    X(UID, 4, false)                                                                                         \
    X(GID, 4, false)                                                                                         \
    X(MODE, 4, false)                                                                                        \
    X(FD, 8, true)                                                                                           \
    X(FD32, 4, true)                                                                                         \
    X(PID, 8, true)                                                                                          \
    X(PID32, 4, true)                                                                                        \
    X(ERRNO, 8, true)                                                                                        \
    X(RELTIME, 8, false)                                                                                     \
    X(ABSTIME, 8, false)                                                                                     \
    X(IPV4ADDR, 4, false)                                                                                    \
    X(IPV6ADDR, 16, false)                                                                                   \
    X(CHARBUF, 0, false)                                                                                     \
    X(FSPATH, 0, false)                                                                                      \
    X(FSRELPATH, 0, false)                                                                                   \
    X(BYTEBUF, 0, false)                                                                                     \
    X(CHARBUFARRAY, 0, false)                                                                                \
    X(CHARBUF_PAIR_ARRAY, 0, false)                                                                          \
    X(SOCKADDR, 0, false)                                                                                    \
    X(SOCKTUPLE, 0, false)                                                                                   \
    X(FDLIST, 0, false)                                                                                      \
    X(DYN_SOCKOPT, 0, false)                                                                                 \
    X(DYN_PTRACE, 0, false)                                                                                  \
    X(DYN_BPF, 0, false)                                                                                     \
    X(DYN_KEYCTL, 0, false)

enum parameter_type {
#define PARAMETER_NUMBER(name, bytes, is_signed) PARAMETER_##name,
    PARAMETER_TYPES(PARAMETER_NUMBER)
#undef PARAMETER_NUMBER
};

struct event_info {
    const char *symbol;   /* PPME_SYSCALL_OPEN_X */
    const char *name;     /* open */
    bool unused;          /* there is no such event */
    bool old;             /* no longer sent, but in older captures */
    bool wide;            /* its parameters have lengths of 32 bits, not 16 */
    uint8_t count;        /* of parameters; older captures may have fewer */
    const char *names;    /* of the parameters, one behind the other, a NUL behind each */
    const uint8_t *types; /* of the parameters: enum parameter_type */
};

/* Looks a type up. False: no event has this number. */
bool event_info(uint16_t type, struct event_info *info);

/* Writes the numbers of the types called `name`, by event name (enter and exit) or by symbol; answers how
 * many there are, which may be more than there is `room` for. */
size_t event_types_named(const char *name, uint16_t *types, size_t room);

#define EVENT_TYPES 454 /* how many there are */

/* Writes the names of all types, ended by NULL: for text_nearest. Unused types are "". */
void event_names(const char *names[EVENT_TYPES + 1]);

#endif
