/*
 * asyncevents: a queue of the async events that a plugin state has sent, from any thread.
 *
 * The events are copied, and stay in the queue until a spec takes them. Thread safe.
 */
#ifndef LURE_TESTHOST_ASYNCEVENTS_H
#define LURE_TESTHOST_ASYNCEVENTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct async_event {
    char *name;
    char *data;
    size_t size;
    uint64_t ts, tid;
    uint32_t plugin_id;
};

struct async_list {
    struct async_event *items;
    size_t count;
};

struct async {
    pthread_mutex_t lock;
    pthread_cond_t came;
    struct async_list waiting; /* to be taken */
    uint64_t total;            /* that came so far */
    bool ready;                /* lock and condition are there */
    bool open;                 /* there is a handler */
    bool asked;                /* the plugin was given one, if it liked it or not */
    char *refusal;             /* the handler fails with this text; NULL: it does not */
    char *source;              /* the open event source; NULL: the plugin's own, or the kernel's */
};

void async_open(struct async *async);
void async_close(struct async *async);

/* Takes over the event's memory. False: out of memory, it is freed. */
bool async_list_add(struct async_list *list, struct async_event *event);
void async_list_free(struct async_list *list);

/* Adds to those waiting, and wakes who waits. */
bool async_add(struct async *async, struct async_event *event);
struct async_list async_take(struct async *async);

/* Waits until `count` came in all, at most so long. False: it was too long. */
bool async_wait(struct async *async, uint64_t count, double seconds);

#endif
