/*
 * window: how many events each key had, the sum of their values and how many different ones, over the last N
 * nanoseconds of event time.
 *
 * The time of every event is kept, so nothing is rounded to intervals: an event counts while it is no older
 * than the newest event of the window minus its span. It does not matter in what order events come.
 *
 * Memory is bounded by the most keys and the most events. Beyond the keys, the one that was added to longest
 * ago goes with all of its events; beyond the events, the oldest goes. Both are counted, and what is found of
 * a key tells whether it may lack something (`exact`).
 *
 * Owner: who opens it. All memory is charged to the budget. Not thread safe.
 */
#ifndef LURE_WINDOW_WINDOW_H
#define LURE_WINDOW_WINDOW_H

#include "base/memorybudget.h"
#include "window/eventqueue.h"
#include "window/identity.h"
#include "window/slotarray.h"
#include "window/slotindex.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WINDOW_MOST_KEYS   1000000
#define WINDOW_MOST_EVENTS 10000000

struct window {
    struct memory_budget *budget;
    struct siphash_key hash;
    int64_t span, newest; /* ns; INT64_MIN: there was no event yet */
    int64_t lost;         /* time of the newest event that was lost with its key; INT64_MIN: none */
    uint64_t births;
    uint32_t most_keys, most_events;
    uint32_t first, last; /* keys: the one that was added to last, and longest ago */
    uint64_t dropped_keys, dropped_events, late;
    struct eventqueue queue;
    struct slotarray keys, sums, values;
    struct slotindex key_index, value_index;
};

/* A key as it is looked for. */
struct window_key {
    struct identity id;
    uint32_t tag;
};

/* What is known of a key; all 0 where it has no event. */
struct window_found {
    uint32_t count, distinct, values; /* different numbers and texts, and those to go through for the sum */
    bool exact;                       /* false: it had more events, or may have had */
};

struct window_sum {
    __int128 integers;
    double floats;
    bool has_floats;
};

/* Takes no memory. `hash` must be random. */
void window_open(struct window *window, struct memory_budget *budget, const struct siphash_key *hash,
                 int64_t span, uint32_t keys, uint32_t events);

/* All zero is closed; may be closed again. */
void window_close(struct window *window);

/* Makes a key of an identity, and fetches what it needs of memory, so that other work can be done meanwhile.
 */
struct window_key window_key(const struct window *window, const struct identity *id);

/* The time is at least `ns` from now on. */
void window_advance(struct window *window, int64_t ns);

/* Forgets events that are too old, at most so many: false: there are none left. Before all that follows. */
bool window_expire(struct window *window, unsigned most);

/*
 * Adds an event, which is counted as late instead if it is too old. `value` may be NULL. Afterwards
 * the key has what `found` says. False: out of memory, and nothing has changed.
 */
bool window_add(struct window *window, const struct window_key *key, int64_t ns, const struct identity *value,
                struct window_found *found);

void window_find(const struct window *window, const struct window_key *key, struct window_found *found);

/* Takes time for each of window_found's `values`. Floats are rounded as they are added. */
void window_sum(const struct window *window, const struct window_key *key, struct window_sum *sum);

#endif
