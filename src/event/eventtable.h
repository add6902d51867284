/*
 * eventtable: libscap's table of event types, with the name and the parameters of each.
 *
 * The rows are in eventtable.def. Everything is constant and contains no pointers, so that nothing has to be
 * relocated in each process. Thread safe.
 */
#ifndef LURE_EVENT_EVENTTABLE_H
#define LURE_EVENT_EVENTTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Kinds of parameters (PT_* in libscap), the bytes of one (0: any length), and the form in which scripts get
 * it (enum parameter_form). Dynamic ones are the last. X(name, bytes, form) */
#define PARAMETER_TYPES(X)                                                                                   \
    X(UINT8, 1, UNSIGNED)                                                                                    \
    X(UINT16, 2, UNSIGNED)                                                                                   \
    X(UINT32, 4, UNSIGNED)                                                                                   \
    X(UINT64, 8, UNSIGNED)                                                                                   \
    X(INT16, 2, SIGNED)                                                                                      \
    X(INT32, 4, SIGNED)                                                                                      \
    X(INT64, 8, SIGNED)                                                                                      \
    X(FLAGS8, 1, UNSIGNED)                                                                                   \
    X(FLAGS16, 2, UNSIGNED)                                                                                  \
    X(FLAGS32, 4, UNSIGNED)                                                                                  \
    X(ENUMFLAGS8, 1, UNSIGNED)                                                                               \
    X(ENUMFLAGS16, 2, UNSIGNED)                                                                              \
    X(ENUMFLAGS32, 4, UNSIGNED)                                                                              \
    X(SYSCALLID, 2, UNSIGNED)                                                                                \
    X(SIGTYPE, 1, UNSIGNED)                                                                                  \
    X(SIGSET, 4, UNSIGNED)                                                                                   \
    X(PORT, 2, UNSIGNED)                                                                                     \
    X(UID, 4, UNSIGNED)                                                                                      \
    X(GID, 4, UNSIGNED)                                                                                      \
    X(MODE, 4, UNSIGNED)                                                                                     \
    X(FD, 8, SIGNED)                                                                                         \
    X(FD32, 4, SIGNED)                                                                                       \
    X(PID, 8, SIGNED)                                                                                        \
    X(PID32, 4, SIGNED)                                                                                      \
    X(ERRNO, 8, SIGNED)                                                                                      \
    X(RELTIME, 8, UNSIGNED)                                                                                  \
    X(ABSTIME, 8, UNSIGNED)                                                                                  \
    X(IPV4ADDR, 4, IPV4)                                                                                     \
    X(IPV6ADDR, 16, IPV6)                                                                                    \
    X(CHARBUF, 0, TEXT)                                                                                      \
    X(FSPATH, 0, TEXT)                                                                                       \
    X(FSRELPATH, 0, TEXT)                                                                                    \
    X(BYTEBUF, 0, BYTES)                                                                                     \
    X(CHARBUFARRAY, 0, TEXTS)                                                                                \
    X(CHARBUF_PAIR_ARRAY, 0, NOTHING)                                                                        \
    X(SOCKADDR, 0, SOCKADDR)                                                                                 \
    X(SOCKTUPLE, 0, SOCKTUPLE)                                                                               \
    X(FDLIST, 0, FDLIST)                                                                                     \
    X(DYN_SOCKOPT, 0, DYNAMIC)                                                                               \
    X(DYN_PTRACE, 0, DYNAMIC)                                                                                \
    X(DYN_BPF, 0, DYNAMIC)                                                                                   \
    X(DYN_KEYCTL, 0, DYNAMIC)

enum parameter_type {
#define PARAMETER_NUMBER(name, bytes, form) PARAMETER_##name,
    PARAMETER_TYPES(PARAMETER_NUMBER)
#undef PARAMETER_NUMBER
};

/* What a script gets of a parameter. */
enum parameter_form {
    FORM_UNSIGNED,
    FORM_SIGNED,
    FORM_BYTES, /* as they are */
    FORM_TEXT,
    FORM_TEXTS,
    FORM_IPV4,
    FORM_IPV6,
    FORM_SOCKADDR,
    FORM_SOCKTUPLE,
    FORM_FDLIST,
    FORM_NOTHING, /* nil: libsinsp makes it, and puts a pointer to its own memory there */
    FORM_DYNAMIC  /* the first byte says which of a few others it is */
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

/* Writes the numbers of the types called `name`, by event name (enter and exit) or by symbol; returns how
 * many there are, which may be more than there is `room` for. */
size_t event_types_named(const char *name, uint16_t *types, size_t room);

#define EVENT_TYPES 454 /* how many there are */

/* Writes the names of all types, ended by NULL: for text_nearest. Unused types are "". */
void event_names(const char *names[EVENT_TYPES + 1]);

#endif
