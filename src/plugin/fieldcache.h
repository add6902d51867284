/*
 * fieldcache: what was already found out about the event.
 *
 * Hosts ask for the same field again for every rule; the first answer stands until the
 * event changes. Each question (a field, and what stands in brackets behind it) has a slot
 * of its own, which stays from event to event, until those with brackets are more than
 * 256 KB: then they go with the event. Values are in the event's pool.
 *
 * Hosts also ask the same of every event. So the cache keeps two lists of slots that can be
 * filled ahead: who answers a question of them looks at what the last event was asked
 * (fieldcache_next_prefetch), and answers that too. And a slot may have a row: its answers for events
 * that the host is about to show (batchprefetch.h). What was filled ahead is as if it were not
 * there until it is asked.
 *
 * Owner: the plugin state. Not thread safe.
 */
#ifndef LURE_PLUGIN_FIELDCACHE_H
#define LURE_PLUGIN_FIELDCACHE_H

#include "event/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum argument_kind { ARGUMENT_NONE, ARGUMENT_INDEX, ARGUMENT_KEY };

/* What stands in brackets behind a field's name. */
struct argument {
    enum argument_kind kind;
    uint64_t index;  /* ARGUMENT_INDEX */
    const char *key; /* ARGUMENT_KEY; the host's memory */
};

/* Slots that can be filled ahead, by what it takes. */
enum prefetch_list { PREFETCH_PATHS, PREFETCH_FUNCTIONS, PREFETCH_LISTS };

struct scanned_path;

/* What is looked at first stands first; aligned, so that it has 128 bytes and is found by a shift. */
struct cache_slot {
    _Alignas(16) struct argument argument; /* its key is behind the slot */
    uint32_t field;
    uint32_t row;   /* its first place in the look ahead; */
    uint64_t look;  /* that is of this number; 0: of none */
    uint64_t round; /* of the event that `value` is of */
    struct value value;
    uint64_t asked;               /* of the event that was last asked for it */
    struct cache_slot *next;      /* in its bucket */
    struct cache_slot *following; /* in its list */
    struct scanned_path *path;    /* of its field or argument (pathscan.h), for who answers it; or NULL */
    bool listed;                  /* it is in one */
    uint8_t wait;                 /* how often it is answered before it is listed again */
    uint8_t taken;                /* answers of its row that were asked for */
};

#define FIELDCACHE_BUCKETS 64

/* The most answers that are found out for events to come, and the most events. */
#define PREFETCH_CELLS  512
#define PREFETCH_EVENTS 32

/* An answer for one of them: the cell, where it is present. */
union prefetch_cell {
    uint64_t number;
    uint32_t truth;
    const char *text;
};

struct prefetch_rows {
    union prefetch_cell cells[PREFETCH_CELLS];
    uint8_t outcomes[PREFETCH_CELLS]; /* enum value_outcome; VALUE_UNKNOWN: it was not found out */
};

/* Answers of a slot, one for each event of the look ahead. */
struct prefetch_row {
    union prefetch_cell *cells;
    uint8_t *outcomes;
};

struct fieldcache {
    struct cache_slot *plain; /* without an argument, by field */
    size_t fields;
    uint64_t round;     /* of the event; what is of another round is unknown */
    uint64_t questions; /* the round of the last event that anything new was asked of */
    uint64_t before;    /* the same, of the one before that */

    struct prefetch_rows *ahead; /* or NULL */
    uint64_t looks;              /* number of the look ahead that holds; what is of another is gone */
    uint64_t last_look;          /* of the one that began last, whether it holds or not: */
    uint32_t width;              /* events of it */
    uint32_t rows;               /* how many of its answers have a place */
    uint32_t position;           /* the event of it that is shown, from 1; 0: none yet */

    size_t bytes;                                   /* of the slots with an argument: */
    struct cache_slot *buckets[FIELDCACHE_BUCKETS]; /* by field and argument */
    struct cache_slot *lists[PREFETCH_LISTS];
};

/* False: out of memory. */
bool fieldcache_open(struct fieldcache *cache, size_t fields);
void fieldcache_close(struct fieldcache *cache);

/* Forgets all values. Called with every new event, before its pool is reset. */
void fieldcache_reset(struct fieldcache *cache);

/* Forgets what can be filled ahead, too: another script answers from now on. */
void fieldcache_restart(struct fieldcache *cache);

/* The slot of `field` (any number) without an argument, or with the index `index`. NULL: there is none. */
static inline struct cache_slot *fieldcache_slot(const struct fieldcache *cache, size_t field)
{
    return field < cache->fields ? &cache->plain[field] : NULL;
}

struct cache_slot *fieldcache_slot_at(const struct fieldcache *cache, size_t field, uint64_t index);

/* The value of a slot, which is asked for. NULL: it was not found out yet, or failed. */
static inline const struct value *fieldcache_known(const struct fieldcache *cache, struct cache_slot *slot)
{
    if (slot->round != cache->round ||
        (slot->value.outcome != VALUE_PRESENT && slot->value.outcome != VALUE_ABSENT)) {
        return NULL;
    }
    slot->asked = cache->round;
    return &slot->value;
}

/* The slot is asked for: its value is of this event, VALUE_UNKNOWN the first time. Valid until it changes. */
void fieldcache_ask(struct fieldcache *cache, struct cache_slot *slot);

/* The slot of `field`, below cache->fields, new or not. NULL: out of memory. */
struct cache_slot *fieldcache_find(struct fieldcache *cache, size_t field, const struct argument *argument);

/* The slot was filled in a way that can be done ahead. */
void fieldcache_list(struct fieldcache *cache, enum prefetch_list list, struct cache_slot *slot);

/* The next slot of a list that is to be filled ahead, from `*link` on, which begins as the list; NULL: no
 * more. Those that have a row are left out. Those that the last event was not asked for leave the list: for
 * a while, and with their row, if most of that was in vain. */
struct cache_slot *fieldcache_next_prefetch(const struct fieldcache *cache, struct cache_slot ***link);

/* Slots of a list leave it for a while if they had a row, and most of it was in vain. */
void fieldcache_rest(struct fieldcache *cache, enum prefetch_list list);

/* Empties the slots of a list that were filled ahead, and not asked for since; they leave it for a while. */
void fieldcache_drop(struct fieldcache *cache, enum prefetch_list list);

/* Begins a look ahead over so many events, at most PREFETCH_EVENTS; what an earlier one found out is gone.
 * False: out of memory. */
bool fieldcache_look(struct fieldcache *cache, uint32_t events);

/* Gives the slot a row in it, with nothing found out. False: there is no room. */
bool fieldcache_add_row(struct fieldcache *cache, struct cache_slot *slot, struct prefetch_row *row);

/* The next event of it is the current one; the values of the one before are forgotten, as by
 * fieldcache_reset. */
static inline void fieldcache_move_on(struct fieldcache *cache)
{
    cache->round++;
    cache->position++;
}

/* It is of no use any more. */
static inline void fieldcache_end_look(struct fieldcache *cache)
{
    cache->looks++;
}

#endif
