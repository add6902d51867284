/*
 * fieldcache: the cache of field values, with one slot per (field, argument).
 *
 * Hosts extract the same field again for every rule. Slots outlive the event; the value of a slot is valid
 * while its generation is that of the event. Slots with an argument are freed behind an event where they
 * take more than 256 KB. Values are in the event's pool.
 *
 * Hosts also extract the same fields from every event. So the cache has two lists of slots that can be
 * prefetched: together with the first of them that is requested, those are filled that were requested for the
 * last event (fieldcache_next_prefetch). And a slot may have a prefetch row: its values for the next events
 * of the batch (batchprefetch.h). A prefetched value is not visible before its slot is requested.
 *
 * Owner: the plugin state. Not thread safe: callers hold the state's lock.
 */
#ifndef LURE_PLUGIN_FIELDCACHE_H
#define LURE_PLUGIN_FIELDCACHE_H

#include "base/memorybudget.h"
#include "event/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum argument_kind { ARGUMENT_NONE, ARGUMENT_INDEX, ARGUMENT_KEY };

/* The argument of a field: what stands in brackets behind its name. */
struct argument {
    enum argument_kind kind;
    uint64_t index;  /* ARGUMENT_INDEX */
    const char *key; /* ARGUMENT_KEY; the host's memory */
};

/* Slots that can be prefetched, by how. */
enum prefetch_list { PREFETCH_PATHS, PREFETCH_FUNCTIONS, PREFETCH_LISTS };

struct scanned_path;

/* Members of a cache hit come first; aligned, so that the size is 128 bytes and an index is a shift. */
struct cache_slot {
    _Alignas(16) struct argument argument; /* its key is behind the slot */
    uint32_t field;
    uint32_t row;             /* the first cell of its prefetch row; */
    uint64_t prefetch_number; /* the prefetch that the row is of; 0: none */
    uint64_t generation;      /* that `value` is of */
    struct value value;
    uint64_t requested;             /* the generation in which it was last requested */
    struct cache_slot *next;        /* in its bucket */
    struct cache_slot *next_listed; /* in its list */
    struct scanned_path *path;      /* of its field or argument (pathscan.h), set by extraction.c; or NULL */
    bool listed;                    /* it is in a list */
    uint8_t backoff;                /* how often it is filled before it is listed again */
    uint8_t hits;                   /* values of its row that were requested */
};

#define FIELDCACHE_BUCKETS 1024

/* The most values in all prefetch rows, and the most events. */
#define PREFETCH_CELLS  512
#define PREFETCH_EVENTS 32

/* A prefetched value: the cell, where it is present. */
union prefetch_cell {
    uint64_t number;
    uint32_t truth;
    const char *text;
};

struct prefetch_rows {
    union prefetch_cell cells[PREFETCH_CELLS];
    uint8_t outcomes[PREFETCH_CELLS]; /* enum value_outcome; VALUE_UNKNOWN: it was not evaluated */
};

/* The values of a slot, one for each event of the prefetch. */
struct prefetch_row {
    union prefetch_cell *cells;
    uint8_t *outcomes;
};

struct fieldcache {
    struct cache_slot *plain; /* without an argument, by field */
    size_t fields;
    uint64_t generation;      /* of the event */
    uint64_t last_active;     /* the generation of the last event with a cache miss */
    uint64_t previous_active; /* the same, of the one before that */

    struct prefetch_rows *prefetched; /* or NULL */
    uint64_t prefetch_number;         /* of the prefetch that is valid; rows of others are not */
    uint64_t last_prefetch;           /* of the one that began last, valid or not: */
    uint32_t width;                   /* its events */
    uint32_t cells_used;              /* by rows */
    uint32_t position;                /* the current event in it, from 1; 0: none yet */

    struct memory_budget *budget; /* which is charged for the slots with an argument; */
    size_t bytes;                 /* of them: */
    struct cache_slot **buckets;  /* FIELDCACHE_BUCKETS, by field and argument; NULL: there was none yet */
    struct cache_slot *lists[PREFETCH_LISTS];
};

/* False: out of memory. */
bool fieldcache_open(struct fieldcache *cache, size_t fields, struct memory_budget *budget);
void fieldcache_close(struct fieldcache *cache);

/* Begins a new generation: no value is valid. Called with every new event, before its pool is reset. */
void fieldcache_reset(struct fieldcache *cache);

/* Also forgets which slots can be prefetched: another script runs from now on. */
void fieldcache_restart(struct fieldcache *cache);

/* The slot of `field` (any number) without an argument. NULL: there is none. */
static inline struct cache_slot *fieldcache_slot(const struct fieldcache *cache, size_t field)
{
    return field < cache->fields ? &cache->plain[field] : NULL;
}

/* A multiplicative hash of the field and the argument, eight bytes a step; its upper bits are used. */
#define FIELDCACHE_HASH_FACTOR UINT64_C(0x9E3779B97F4A7C15)

static inline uint64_t fieldcache_hash_index(size_t field, uint64_t index)
{
    return (field ^ index) * FIELDCACHE_HASH_FACTOR;
}

static inline size_t fieldcache_bucket_number(uint64_t hash)
{
    return (hash >> 48) % FIELDCACHE_BUCKETS;
}

/* The slot of `field` with the index `index`. NULL: there is none. */
static inline struct cache_slot *fieldcache_slot_at(const struct fieldcache *cache, size_t field,
                                                    uint64_t index)
{
    struct cache_slot *slot =
        cache->buckets != NULL ? cache->buckets[fieldcache_bucket_number(fieldcache_hash_index(field, index))]
                               : NULL;

    while (slot != NULL &&
           (slot->field != field || slot->argument.kind != ARGUMENT_INDEX || slot->argument.index != index)) {
        slot = slot->next;
    }
    return slot;
}

/* Has the slot a prefetch row? */
static inline bool fieldcache_has_row(const struct fieldcache *cache, const struct cache_slot *slot)
{
    return slot->prefetch_number == cache->prefetch_number;
}

/* Makes the slot one of this generation; its value is unknown, or from its row. */
static inline void fieldcache_renew(const struct fieldcache *cache, struct cache_slot *slot)
{
    slot->generation = cache->generation;
    slot->value.outcome = VALUE_UNKNOWN;
    if (fieldcache_has_row(cache, slot) && cache->position > 0) {
        uint32_t place = slot->row + cache->position - 1;

        slot->value = (struct value){.outcome = cache->prefetched->outcomes[place],
                                     .count = 1,
                                     .cells = &cache->prefetched->cells[place]};
        slot->hits++;
    }
}

/* The slot is requested: its value becomes that of this event, VALUE_UNKNOWN the first time. */
static inline void fieldcache_request(struct fieldcache *cache, struct cache_slot *slot)
{
    if (slot->generation != cache->generation) {
        if (cache->last_active != cache->generation) {
            cache->previous_active = cache->last_active;
            cache->last_active = cache->generation;
        }
        fieldcache_renew(cache, slot);
    }
    slot->requested = cache->generation;
}

/* The same; NULL: the value is unknown, or failed. */
static inline const struct value *fieldcache_known(struct fieldcache *cache, struct cache_slot *slot)
{
    fieldcache_request(cache, slot);
    return slot->value.outcome == VALUE_PRESENT || slot->value.outcome == VALUE_ABSENT ? &slot->value : NULL;
}

/* The slot of `field`, below cache->fields, new or not. NULL: out of memory. */
struct cache_slot *fieldcache_find(struct fieldcache *cache, size_t field, const struct argument *argument);

/* Adds a slot to a list: it was filled in a way that can be prefetched. */
void fieldcache_list(struct fieldcache *cache, enum prefetch_list list, struct cache_slot *slot);

/* The next slot of a list that is to be prefetched, from `*link` on, which begins as the list; NULL: no more.
 * Slots with a row are left out. Slots that were not requested for the last event leave the list; where less
 * than half of its row was used, a slot also backs off. */
struct cache_slot *fieldcache_next_prefetch(const struct fieldcache *cache, struct cache_slot ***link);

/* Slots of a list back off where less than half of their row was used. */
void fieldcache_back_off(struct fieldcache *cache, enum prefetch_list list);

/* Empties the slots of a list that were prefetched and not requested since; they back off. */
void fieldcache_drop(struct fieldcache *cache, enum prefetch_list list);

/* Begins a prefetch for so many events, at most PREFETCH_EVENTS; the rows of an earlier one are dropped.
 * False: out of memory. */
bool fieldcache_begin_prefetch(struct fieldcache *cache, uint32_t events);

/* Gives the slot an empty row. False: there is no room. */
bool fieldcache_add_row(struct fieldcache *cache, struct cache_slot *slot, struct prefetch_row *row);

/* The next event of the prefetch becomes the current one: a new generation, as by fieldcache_reset. */
static inline void fieldcache_next_event(struct fieldcache *cache)
{
    cache->generation++;
    cache->position++;
}

/* Drops all rows. */
static inline void fieldcache_end_prefetch(struct fieldcache *cache)
{
    cache->prefetch_number++;
}

#endif
