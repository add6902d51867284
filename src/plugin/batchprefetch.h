/*
 * batchprefetch: answers for events that the host is about to show.
 *
 * Hosts show the events of a batch in their order, and ask the same of each. So once that has
 * gone on for a while, pure functions (lua/eval.h) are carried out for up to 32 events in one
 * go: field by field in a loop that stays in the processor's caches, instead of between all
 * that a host does with an event. The answers have rows in the cache; the host is given them
 * when it shows the event, and never if it does not.
 *
 * What a pure function says may change when the script runs: then all of it is forgotten, and
 * it takes a while until it is done again. It is done for small payloads, functions that do not
 * look at the event's number or time, and short texts, so that a look ahead ends soon. What was
 * in vain is not done again for a while: for a field, where more than half of its answers so
 * far were not asked for; for all, where the host shows events in another order, or skips some.
 *
 * Owner: the plugin state. Not thread safe. All zero is one that never looked.
 */
#ifndef LURE_PLUGIN_BATCHPREFETCH_H
#define LURE_PLUGIN_BATCHPREFETCH_H

#include "base/pool.h"
#include "event/event.h"
#include "plugin/fieldcache.h"

#include <stdbool.h>
#include <stdint.h>

struct plugin;

/* Events without number and time, and what functions get first (extraction.value); nil: none of ours. */
struct looked_at {
    struct event events[PREFETCH_EVENTS];
    struct eval_value values[PREFETCH_EVENTS];
};

struct batch_prefetch {
    const void *next;         /* where the next event is that was looked at, or NULL; */
    uint32_t position, count; /* its number, and how many there are: */
    struct looked_at *looked; /* NULL: never needed */
    struct pool pool;         /* of the texts */
    bool used;                /* the event that is shown, or those behind it, have their answers from here */
    int32_t quiet;   /* events without the script being run, or one being skipped; below 0: it rests */
    uint32_t broken; /* how often in a row the host left it before its end, up to 6 */
};

void batchprefetch_close(struct batch_prefetch *look);

/* Another event is shown than `next`, or none. */
void batchprefetch_leave(struct batch_prefetch *look);

/* Looks at what the host may show behind the current event, unless that was done. True: some is there. */
bool batchprefetch_begin(struct plugin *plugin);

/* What it found out may not hold any more: the script runs while the host shows an event. */
static inline void batchprefetch_end(struct batch_prefetch *look)
{
    look->next = NULL;
    look->count = 0;
    look->quiet = look->quiet < 0 ? look->quiet : 0; /* its rest goes on */
}

#endif
