/*
 * descriptor: a descriptor that tasks wait for: a connection, a listening socket, the pipes of a child
 * process.
 *
 * One task may wait to read while another one waits to write, and closing it wakes both. It is watched by the
 * poller of the group whose tasks wait, from the first wait on, until something comes that nobody waits for.
 *
 * Owner: an object of Lua's, which calls descriptor_close before its memory goes. Callers hold the plugin
 * state's lock.
 */
#ifndef LURE_MODULES_DESCRIPTOR_H
#define LURE_MODULES_DESCRIPTOR_H

#include "task/task.h"

#include <lua.h>
#include <stdint.h>

struct descriptor {
    struct poller_watch watch;
    struct poller *poller; /* whose list the watch is in */
    struct task_queue readers, writers;
    struct task_resource group; /* tells when that poller goes */
};

/* `fd` -1: it is closed. */
void descriptor_open(struct descriptor *descriptor, int fd);

static inline int descriptor_number(const struct descriptor *descriptor)
{
    return descriptor->watch.fd;
}

/* As task_wait_lj, for EPOLLIN or EPOLLOUT; k is also called when it was closed meanwhile. Throws what that
 * throws, and where tasks of another event source wait for it. */
int descriptor_wait_lj(lua_State *L, struct descriptor *descriptor, uint32_t events, int64_t deadline,
                       lua_KContext context, lua_KFunction k);

/* Closes it and wakes who waits. One that is closed is left alone. */
void descriptor_close(struct descriptor *descriptor);

/* The same for one that the caller closes. */
void descriptor_forget(struct descriptor *descriptor);

#endif
