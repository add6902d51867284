/*
 * eventqueue: the events of a window by their times, the oldest first.
 *
 * Those that come in order stand in a ring; those that come later than a newer one, in a heap. So an event in
 * order costs the same however many there are, a late one the logarithm of their number.
 *
 * Owner: the window. Memory is charged to the budget. Not thread safe.
 */
#ifndef LURE_WINDOW_EVENTQUEUE_H
#define LURE_WINDOW_EVENTQUEUE_H

#include "base/memorybudget.h"

#include <stdbool.h>
#include <stdint.h>

struct queued_event {
    int64_t ns;
    uint64_t birth; /* of its key: another one may have taken the slot */
    uint32_t key, value;
};

struct eventqueue {
    struct queued_event *ring, *heap;
    uint32_t ring_room, head, ring_count; /* the room is a power of two, or 0 */
    uint32_t heap_room, heap_count;
};

/* How many events there are. */
static inline uint32_t eventqueue_count(const struct eventqueue *queue)
{
    return queue->ring_count + queue->heap_count;
}

/* The oldest; NULL: there is none. */
static inline const struct queued_event *eventqueue_oldest(const struct eventqueue *queue)
{
    const struct queued_event *ring = queue->ring_count > 0 ? &queue->ring[queue->head] : NULL;

    if (queue->heap_count > 0 && (ring == NULL || queue->heap[0].ns < ring->ns)) {
        return &queue->heap[0];
    }
    return ring;
}

/* Makes room for an event of that time. False: out of memory. */
bool eventqueue_reserve(struct eventqueue *queue, int64_t ns, struct memory_budget *budget);

/* There is room. */
void eventqueue_put(struct eventqueue *queue, const struct queued_event *event);

/* Removes the oldest, which there is. */
void eventqueue_drop(struct eventqueue *queue);

void eventqueue_close(struct eventqueue *queue, struct memory_budget *budget);

#endif
