/*
 * batchprefetch: evaluates fields for the next events of a batch before the host shows them.
 *
 * Hosts show the events of a batch in order, and extract the same fields from each. Once that was so for a
 * while, fields whose functions can be evaluated directly (lua/eval.h: no side effects) are evaluated for up
 * to 32 events at once: field by field in a loop that stays in the processor's caches. The results go to
 * prefetch rows of the field cache, and are used when the host shows the event.
 *
 * A prefetch is dropped when any callback of the script runs, which might change what the functions return.
 * It is limited to small payloads, short texts, and functions that read neither the event's number nor its
 * time, so it takes little time. A misprediction triggers exponential back-off: of a field, where fewer than
 * half of its results were used; of all, where the host shows other events than the next ones.
 *
 * Owner: the plugin state. Not thread safe. All zero: no prefetch was done yet.
 */
#ifndef LURE_PLUGIN_BATCHPREFETCH_H
#define LURE_PLUGIN_BATCHPREFETCH_H

#include "base/pool.h"
#include "event/event.h"
#include "plugin/fieldcache.h"

#include <stdbool.h>
#include <stdint.h>

struct plugin;

/* Events without number and time, and the decoded values of them (extraction.value); nil: not for our fields.
 */
struct prefetched_events {
    struct event events[PREFETCH_EVENTS];
    struct eval_value values[PREFETCH_EVENTS];
};

struct batch_prefetch {
    const void *next;         /* the address of the next event that was prefetched for, or NULL; */
    uint32_t position, count; /* its number, and how many there are: */
    struct prefetched_events *prefetched; /* NULL: not needed yet */
    struct pool pool;                     /* of the texts */
    bool used;                            /* the current event, or those behind it, have prefetched values */
    int32_t quiet;           /* events without a callback, and without one being skipped; below 0: back-off */
    uint32_t mispredictions; /* mispredictions in a row, up to 6: the host skipped prefetched events */
};

void batchprefetch_close(struct batch_prefetch *prefetch);

/* The host shows another event than `next`, or none. */
void batchprefetch_leave(struct batch_prefetch *prefetch);

/* Prefetches for the events behind the current one, unless that was done or backs off. True: it was done now.
 */
bool batchprefetch_begin(struct plugin *plugin);

/* Drops what was prefetched: a callback of the script runs. */
static inline void batchprefetch_drop(struct batch_prefetch *prefetch)
{
    prefetch->next = NULL;
    prefetch->count = 0;
    prefetch->quiet = prefetch->quiet < 0 ? prefetch->quiet : 0; /* a back-off goes on */
}

#endif
