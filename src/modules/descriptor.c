#include "modules/descriptor.h"

#include <errno.h>
#include <lauxlib.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define WAKES_READERS (EPOLLIN | EPOLLERR | EPOLLHUP)
#define WAKES_WRITERS (EPOLLOUT | EPOLLERR | EPOLLHUP)

static struct descriptor *of_watch(struct poller_watch *watch)
{
    return (struct descriptor *)(void *)((char *)watch - offsetof(struct descriptor, watch));
}

/* Tasks are woken; what nobody waits for is not asked for any more, or it would be ready again and again. */
static void be_ready(struct poller_watch *watch, uint32_t events)
{
    struct descriptor *descriptor = of_watch(watch);
    bool read = descriptor->readers.first != NULL, write = descriptor->writers.first != NULL;

    if ((events & WAKES_READERS) != 0) {
        task_wake_all(&descriptor->readers);
    }
    if ((events & WAKES_WRITERS) != 0) {
        task_wake_all(&descriptor->writers);
    }
    if (!read && !write) {
        poller_remove(descriptor->poller, watch);
    } else if (!read && (events & EPOLLIN) != 0) {
        poller_change(descriptor->poller, watch, watch->events & ~(uint32_t)EPOLLIN);
    } else if (!write && (events & EPOLLOUT) != 0) {
        poller_change(descriptor->poller, watch, watch->events & ~(uint32_t)EPOLLOUT);
    }
}

static void leave_group(struct task_resource *resource)
{
    struct descriptor *descriptor =
        (struct descriptor *)(void *)((char *)resource - offsetof(struct descriptor, group));

    poller_remove(descriptor->poller, &descriptor->watch);
    descriptor->poller = NULL;
    task_wake_all(&descriptor->readers); /* of another group with the same poller: they try again */
    task_wake_all(&descriptor->writers);
}

void descriptor_open(struct descriptor *descriptor, int fd)
{
    memset(descriptor, 0, sizeof(*descriptor));
    descriptor->watch.fd = fd;
    descriptor->watch.ready = be_ready;
    descriptor->group.end = leave_group;
}

/* Leaves the poller of another group, whose tasks must not wait for it. */
static void join_group_lj(lua_State *L, struct descriptor *descriptor)
{
    const struct task *task = task_current(L);
    struct poller *poller = task_poller(task);

    if (descriptor->poller == poller) {
        return;
    }
    if (descriptor->readers.first != NULL || descriptor->writers.first != NULL) {
        luaL_error(L, "a task of another event source, or of async, waits for this already");
    }
    if (descriptor->poller != NULL) {
        poller_remove(descriptor->poller, &descriptor->watch);
        task_disown(&descriptor->group);
    }
    descriptor->poller = poller;
    task_own(task_current(L), &descriptor->group);
}

static bool ask_for(struct descriptor *descriptor, uint32_t events)
{
    struct poller_watch *watch = &descriptor->watch;

    if (watch->link == NULL) {
        watch->events = events | (descriptor->readers.first != NULL ? (uint32_t)EPOLLIN : 0) |
                        (descriptor->writers.first != NULL ? (uint32_t)EPOLLOUT : 0);
        return poller_add(descriptor->poller, watch);
    }
    return (watch->events & events) == events ||
           poller_change(descriptor->poller, watch, watch->events | events);
}

int descriptor_wait_lj(lua_State *L, struct descriptor *descriptor, uint32_t events, int64_t deadline,
                       lua_KContext context, lua_KFunction k)
{
    join_group_lj(L, descriptor);
    if (!ask_for(descriptor, events)) {
        return luaL_error(L, "cannot wait: %s", strerror(errno));
    }
    return task_wait_in_lj(L, events == EPOLLOUT ? &descriptor->writers : &descriptor->readers, deadline,
                           context, k);
}

void descriptor_forget(struct descriptor *descriptor)
{
    if (descriptor->poller != NULL) {
        poller_remove(descriptor->poller, &descriptor->watch);
        task_disown(&descriptor->group);
        descriptor->poller = NULL;
    }
    descriptor->watch.fd = -1;
    task_wake_all(&descriptor->readers);
    task_wake_all(&descriptor->writers);
}

void descriptor_close(struct descriptor *descriptor)
{
    int fd = descriptor->watch.fd;

    descriptor_forget(descriptor);
    if (fd >= 0) {
        close(fd);
    }
}
