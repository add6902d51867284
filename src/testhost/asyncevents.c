#include "testhost/asyncevents.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

void async_open(struct async *async)
{
    pthread_condattr_t attributes;

    memset(async, 0, sizeof *async);
    pthread_mutex_init(&async->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&async->came, &attributes);
    pthread_condattr_destroy(&attributes);
    async->ready = true;
}

void async_close(struct async *async)
{
    if (!async->ready)
        return;
    async_list_free(&async->waiting);
    pthread_cond_destroy(&async->came);
    pthread_mutex_destroy(&async->lock);
    free(async->refusal);
    free(async->source);
    memset(async, 0, sizeof *async);
}

static void event_free(struct async_event *event)
{
    free(event->name);
    free(event->data);
}

bool async_list_add(struct async_list *list, struct async_event *event)
{
    struct async_event *items = realloc(list->items, (list->count + 1) * sizeof *items);

    if (items != NULL)
        list->items = items;
    if (items == NULL || event->name == NULL || event->data == NULL) {
        event_free(event);
        return false;
    }
    items[list->count++] = *event;
    return true;
}

void async_list_free(struct async_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        event_free(&list->items[i]);
    free(list->items);
    memset(list, 0, sizeof *list);
}

bool async_add(struct async *async, struct async_event *event)
{
    bool added;

    pthread_mutex_lock(&async->lock);
    added = async_list_add(&async->waiting, event);
    async->total += added;
    pthread_cond_broadcast(&async->came);
    pthread_mutex_unlock(&async->lock);
    return added;
}

struct async_list async_take(struct async *async)
{
    struct async_list list;

    pthread_mutex_lock(&async->lock);
    list = async->waiting;
    memset(&async->waiting, 0, sizeof async->waiting);
    pthread_mutex_unlock(&async->lock);
    return list;
}

bool async_wait(struct async *async, uint64_t count, double seconds)
{
    struct timespec until =
        clock_timespec(clock_now(CLOCK_MONOTONIC) + (int64_t)(seconds * (double)CLOCK_SECOND));
    bool enough;
    int late = 0;

    pthread_mutex_lock(&async->lock);
    while (async->total < count && late == 0)
        late = pthread_cond_timedwait(&async->came, &async->lock, &until);
    enough = async->total >= count;
    pthread_mutex_unlock(&async->lock);
    return enough;
}
