#include "task/deadlines.h"

#include <stddef.h>

/* The sooner of two heaps, with the other as its first child. Both stand alone. */
static struct poller_deadline *meld(struct poller_deadline *a, struct poller_deadline *b)
{
    struct poller_deadline *parent = b->due < a->due ? b : a, *child = parent == a ? b : a;

    child->next = parent->child;
    child->link = &parent->child;
    if (child->next != NULL) {
        child->next->link = &child->next;
    }
    parent->child = child;
    return parent;
}

static struct poller_deadline *take_first(struct poller_deadline **list)
{
    struct poller_deadline *first = *list;

    *list = first->next;
    first->next = NULL;
    return first;
}

/* One heap of a list of them: neighbours first, and then these from the last to the first. */
static struct poller_deadline *meld_list(struct poller_deadline *list)
{
    struct poller_deadline *pairs = NULL, *heap;

    while (list != NULL) {
        heap = take_first(&list);
        if (list != NULL) {
            heap = meld(heap, take_first(&list));
        }
        heap->next = pairs;
        pairs = heap;
    }
    heap = pairs != NULL ? take_first(&pairs) : NULL;
    while (pairs != NULL) {
        heap = meld(heap, take_first(&pairs));
    }
    return heap;
}

static void set_soonest(struct deadlines *deadlines, struct poller_deadline *heap)
{
    deadlines->soonest = heap;
    if (heap != NULL) {
        heap->next = NULL;
        heap->link = &deadlines->soonest;
    }
}

void deadlines_add(struct deadlines *deadlines, struct poller_deadline *deadline)
{
    deadline->set = true;
    deadline->child = deadline->next = NULL;
    set_soonest(deadlines, deadlines->soonest != NULL ? meld(deadlines->soonest, deadline) : deadline);
}

void deadlines_remove(struct deadlines *deadlines, struct poller_deadline *deadline)
{
    struct poller_deadline *rest = meld_list(deadline->child);

    deadline->set = false;
    if (deadlines->soonest == deadline) {
        set_soonest(deadlines, rest);
        return;
    }
    *deadline->link = deadline->next;
    if (deadline->next != NULL) {
        deadline->next->link = deadline->link;
    }
    if (rest != NULL) {
        set_soonest(deadlines, meld(deadlines->soonest, rest));
    }
}
