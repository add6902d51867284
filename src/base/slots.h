/*
 * slots: memory of objects whose end is still known afterwards.
 *
 * The memory of an object that has ended stays readable, and becomes another object's only after the next
 * SLOTS_KEPT have ended. So who passes a pointer to an ended object, or is about to use one that ends on
 * another thread, finds an object that has ended, and nobody else's memory.
 *
 * Thread safe. Forked children have none of the threads that had entered an object.
 */
#ifndef LURE_BASE_SLOTS_H
#define LURE_BASE_SLOTS_H

#include <stdbool.h>
#include <stddef.h>

#define SLOTS_KEPT 32u

struct slot;

struct slots {
    size_t size;  /* of an object */
    size_t count; /* of objects that have ended: */
    struct slot *first, *last;
};

/* A new object, all zero. NULL: out of memory. */
void *slots_take(struct slots *slots);

/* The object ends. False: it has ended before. Nothing in it changes. */
bool slots_end(void *object);

/* Around what other threads may do with an object while it ends. An object may have ended before slots_enter,
 * or be another one by then: it has to be asked afterwards. */
void slots_enter(void *object);
void slots_leave(void *object);

/* True if a thread of this process is between these two. */
bool slots_are_entered(const void *object);

/* After slots_end, when no thread has entered it any more. */
void slots_give(struct slots *slots, void *object);

/* Frees all that have ended. */
void slots_free(struct slots *slots);

#endif
