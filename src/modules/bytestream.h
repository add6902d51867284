/*
 * bytestream: reads lines, counted bytes or all of something that bytes come from little by little, by tasks
 * that wait for them: a connection, the output of a child process.
 *
 * It is the first member of a userdata. What was received and not read yet lies in a buffer of the Lua
 * state's allocator, so it is charged to its budget; there is none while a task waits with nothing left over.
 *
 * Callers hold the plugin state's lock.
 */
#ifndef LURE_MODULES_BYTESTREAM_H
#define LURE_MODULES_BYTESTREAM_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct bytestream;

struct bytestream_class {
    const char *name;      /* in messages: "connection" */
    bool carriage_returns; /* one before the end of a line belongs to that */
    /* As read: -1 with EAGAIN: it would wait. Does not throw. */
    ssize_t (*fill)(struct bytestream *stream, void *to, size_t room);
    /* As task_wait_lj: until fill can go on, or finish_lj. The stream is at 1. Throws, too, where it was
     * closed. */
    int (*wait_lj)(lua_State *L, struct bytestream *stream, lua_KContext context, lua_KFunction k);
    /* After the end, once all is read; false: wait first. Throws, if the end was a failure. */
    bool (*finish_lj)(lua_State *L, struct bytestream *stream);
    const char *(*problem)(const struct bytestream *stream); /* of fill, but EAGAIN; NULL: what errno says */
};

struct bytestream {
    const struct bytestream_class *class;
    char *bytes; /* NULL: none */
    size_t begin, end, size;
    size_t searched; /* from begin on: so many bytes have no end of a line */
    size_t longest;  /* of a line */
    bool ended;
};

void bytestream_open(struct bytestream *stream, const struct bytestream_class *class, size_t longest);

/* Frees the buffer; what is in it is lost. */
void bytestream_close(lua_State *L, struct bytestream *stream);

/*
 * The method `read`: reads what the argument at 2 says, "l" (a line), "a" (all) or a number of bytes; none: a
 * line. nil: it has ended. With "a" an empty string then; at the end fewer bytes may be left than were asked
 * for. The caller has checked the stream at 1, and that the task can wait. Stack: [stream, how] -> [text]
 */
int bytestream_read_lj(lua_State *L);

/* The next line. Stack: [stream, ...] -> [text] */
int bytestream_line_lj(lua_State *L);

#endif
