#include "base/slots.h"

#include "base/forks.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct slot {
    struct slot *next;
    bool ended;     /* changed atomically, as `users` is */
    unsigned users; /* threads that have entered it; a late one may do so at any time, so it is never reset */
    unsigned forks; /* of the process that they are in */
    max_align_t object[];
};

static struct slot *slot_of(const void *object)
{
    return (struct slot *)((uintptr_t)object - offsetof(struct slot, object));
}

/* Takes out the one that ended first. forks_lock is held. */
static struct slot *take_first(struct slots *slots)
{
    struct slot *slot = slots->first;

    slots->first = slot->next;
    slots->count--;
    return slot;
}

void *slots_take(struct slots *slots)
{
    struct slot *slot = NULL;

    forks_lock();
    if (slots->count > SLOTS_KEPT) {
        slot = take_first(slots);
    }
    forks_unlock();
    if (slot == NULL) {
        slot = calloc(1, sizeof(*slot) + slots->size);
        if (slot == NULL) {
            return NULL;
        }
        slot->forks = forks_seen();
        return slot->object;
    }
    memset(slot->object, 0, slots->size);
    slot->next = NULL;
    __atomic_store_n(&slot->ended, false, __ATOMIC_RELEASE);
    return slot->object;
}

/* In a forked child the threads that had entered it are gone. */
static void check_fork(struct slot *slot)
{
    if (slot->forks != forks_seen()) {
        slot->forks = forks_seen();
        slot->users = 0;
    }
}

void slots_enter(void *object)
{
    check_fork(slot_of(object));
    __atomic_add_fetch(&slot_of(object)->users, 1, __ATOMIC_SEQ_CST);
    __atomic_thread_fence(
        __ATOMIC_SEQ_CST); /* either this thread sees the end, or who ends it sees this one */
}

void slots_leave(void *object)
{
    __atomic_sub_fetch(&slot_of(object)->users, 1, __ATOMIC_RELEASE);
}

bool slots_are_entered(const void *object)
{
    check_fork(slot_of(object));
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return __atomic_load_n(&slot_of(object)->users, __ATOMIC_ACQUIRE) > 0;
}

bool slots_end(void *object)
{
    return !__atomic_exchange_n(&slot_of(object)->ended, true, __ATOMIC_ACQ_REL);
}

void slots_give(struct slots *slots, void *object)
{
    struct slot *slot = slot_of(object);

    forks_lock();
    slot->next = NULL;
    if (slots->first == NULL) {
        slots->first = slot;
    } else {
        slots->last->next = slot;
    }
    slots->last = slot;
    slots->count++;
    forks_unlock();
}

void slots_free(struct slots *slots)
{
    while (slots->first != NULL) {
        free(take_first(slots));
    }
}
