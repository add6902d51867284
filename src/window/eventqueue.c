#include "window/eventqueue.h"

#include <string.h>

#define FIRST_ROOM 16u

static bool is_in_order(const struct eventqueue *queue, int64_t ns)
{
    return queue->ring_count == 0 ||
           ns >= queue->ring[(queue->head + queue->ring_count - 1) & (queue->ring_room - 1)].ns;
}

/* Doubles the room of an array. */
static bool grow(struct queued_event **array, uint32_t *room, struct memory_budget *budget)
{
    const uint32_t wanted = *room > 0 ? 2 * *room : FIRST_ROOM;
    struct queued_event *larger =
        memory_resize(budget, *array, (size_t)*room * sizeof(**array), (size_t)wanted * sizeof(**array));

    if (larger == NULL) {
        return false;
    }
    *array = larger;
    *room = wanted;
    return true;
}

bool eventqueue_reserve(struct eventqueue *queue, int64_t ns, struct memory_budget *budget)
{
    const uint32_t before = queue->ring_room;

    if (!is_in_order(queue, ns)) {
        return queue->heap_count < queue->heap_room || grow(&queue->heap, &queue->heap_room, budget);
    }
    if (queue->ring_count < queue->ring_room) {
        return true;
    }
    if (!grow(&queue->ring, &queue->ring_room, budget)) {
        return false;
    }
    /* what stood in front of the oldest comes behind the last */
    memcpy(queue->ring + before, queue->ring, queue->head * sizeof(*queue->ring));
    return true;
}

static void put_late(struct eventqueue *queue, const struct queued_event *event)
{
    uint32_t at = queue->heap_count++;

    while (at > 0 && queue->heap[(at - 1) / 2].ns > event->ns) {
        queue->heap[at] = queue->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    queue->heap[at] = *event;
}

void eventqueue_put(struct eventqueue *queue, const struct queued_event *event)
{
    if (!is_in_order(queue, event->ns)) {
        put_late(queue, event);
        return;
    }
    queue->ring[(queue->head + queue->ring_count) & (queue->ring_room - 1)] = *event;
    queue->ring_count++;
    __builtin_prefetch(&queue->ring[(queue->head + queue->ring_count + 4) & (queue->ring_room - 1)], 1);
}

static void drop_late(struct eventqueue *queue)
{
    const struct queued_event last = queue->heap[--queue->heap_count];
    uint32_t at = 0, child;

    for (; (child = 2 * at + 1) < queue->heap_count; at = child) {
        if (child + 1 < queue->heap_count && queue->heap[child + 1].ns < queue->heap[child].ns) {
            child++;
        }
        if (queue->heap[child].ns >= last.ns) {
            break;
        }
        queue->heap[at] = queue->heap[child];
    }
    queue->heap[at] = last;
}

void eventqueue_drop(struct eventqueue *queue)
{
    if (eventqueue_oldest(queue) == queue->heap && queue->heap_count > 0) {
        drop_late(queue);
        return;
    }
    queue->head = (queue->head + 1) & (queue->ring_room - 1);
    queue->ring_count--;
}

void eventqueue_close(struct eventqueue *queue, struct memory_budget *budget)
{
    if (queue->ring != NULL) {
        memory_give(budget, queue->ring, queue->ring_room * sizeof(*queue->ring));
    }
    if (queue->heap != NULL) {
        memory_give(budget, queue->heap, queue->heap_room * sizeof(*queue->heap));
    }
}
