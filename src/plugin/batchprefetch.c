#include "plugin/batchprefetch.h"

#include "plugin/batchwriter.h"
#include "plugin/fieldresults.h"
#include "plugin/plugin.h"

#include <stdlib.h>

/* Quiet events for each event that is prefetched. */
#define QUIET_EVENTS 8

/* Each misprediction in a row doubles the back-off: so often at most. */
#define DOUBLINGS 6u

/* Bytes of the payloads of one prefetch. */
#define PAYLOADS (8u * 1024u)

/* Bytes of the longest text that is prefetched. */
#define LONGEST_TEXT 1024u

/* Memory for texts that is kept. */
#define KEPT_BYTES (64u * 1024u)

void batchprefetch_close(struct batch_prefetch *prefetch)
{
    free(prefetch->prefetched);
    pool_free(&prefetch->pool);
    *prefetch = (struct batch_prefetch){.next = NULL};
}

void batchprefetch_leave(struct batch_prefetch *prefetch)
{
    int32_t followed = prefetch->used ? (int32_t)prefetch->count : 0;

    if (prefetch->next != NULL) { /* a misprediction */
        prefetch->quiet = QUIET_EVENTS - (QUIET_EVENTS << prefetch->mispredictions);
        prefetch->mispredictions += prefetch->mispredictions < DOUBLINGS;
    } else if (prefetch->quiet < QUIET_EVENTS * PREFETCH_EVENTS) {
        prefetch->quiet += followed + 1;
        prefetch->mispredictions = followed > 0 ? 0 : prefetch->mispredictions;
    }
    prefetch->next = NULL;
    prefetch->used = false;
}

/* The number of slots that can be prefetched. */
static uint32_t count_slots(const struct plugin *plugin)
{
    uint32_t count = 0;

    for (const struct cache_slot *slot = plugin->extraction.cache.lists[PREFETCH_FUNCTIONS]; slot != NULL;
         slot = slot->next_listed) {
        count += fieldeval_prefetches(plugin, slot->field);
    }
    return count;
}

/* Is it time for a prefetch behind the current event? */
static bool is_due(const struct plugin *plugin)
{
    const struct batch_prefetch *prefetch = &plugin->extraction.batch_prefetch;

    return plugin->limits.optimize.batch_prefetch && !prefetch->used && prefetch->quiet >= QUIET_EVENTS &&
           plugin->extraction.batch != NULL && plugin->extraction.recognizable && !plugin->lock.on &&
           plugin->script->when == NULL; /* which is not looked for in events to come */
}

/* How many events to prefetch for. */
static uint32_t choose_width(const struct plugin *plugin)
{
    uint32_t width = (uint32_t)(plugin->extraction.batch_prefetch.quiet / QUIET_EVENTS);
    uint32_t slots = count_slots(plugin);

    width = width < PREFETCH_EVENTS ? width : PREFETCH_EVENTS;
    return slots == 0 ? 0 : slots * width <= PREFETCH_CELLS ? width : PREFETCH_CELLS / slots;
}

/* Reads the events behind the current one, up to one that is too large. */
static uint32_t read_events(struct plugin *plugin, struct batch_prefetch *prefetch, uint32_t width)
{
    uint32_t count, kept = 0;
    struct batch_writer *batch = plugin->extraction.batch;
    struct event *events;
    size_t bytes = 0;

    if (batch->following == NULL) {
        return 0;
    }
    if (prefetch->prefetched == NULL) {
        prefetch->prefetched = calloc(1, sizeof(*prefetch->prefetched));
    }
    if (prefetch->prefetched == NULL) {
        return 0;
    }
    events = prefetch->prefetched->events;
    count = batch->following(batch, plugin->extraction.event->where, events, width);
    while (kept < count && events[kept].size <= PAYLOADS - bytes) {
        bytes += events[kept++].size;
    }
    return kept;
}

/* Evaluates `decode` for the events that were read. Returns for how many: for the next one it must be called.
 */
static uint32_t decode_events(struct plugin *plugin, struct batch_prefetch *prefetch, uint32_t count)
{
    struct eval_history *history = &plugin->extraction.fields->decode.prefetch_history;

    for (uint32_t i = 0; i < count; i++) {
        if (!fieldeval_value(plugin, &prefetch->prefetched->events[i], true, &prefetch->pool,
                             &prefetch->prefetched->values[i])) {
            eval_failed(history);
            return i;
        }
    }
    eval_succeeded(history, count);
    return count;
}

/* Sets the cell of event number `i`, unless it is a long text. */
static inline void set_cell(const struct eval_value *result, const struct field_type *type,
                            struct batch_prefetch *prefetch, const struct prefetch_row *row, uint32_t i)
{
    if (result->kind != EVAL_TEXT || result->text.size <= LONGEST_TEXT) {
        row->outcomes[i] = (uint8_t)fieldresults_cell(result, type, &prefetch->pool, &row->cells[i]);
    }
}

/* Evaluates a slot's field for all events, up to one for which its function must be called. */
static void evaluate_row(struct plugin *plugin, const struct cache_slot *slot, const struct prefetch_row *row)
{
    const struct field_type *type = plugin->script->fields[slot->field].type;
    struct batch_prefetch *prefetch = &plugin->extraction.batch_prefetch;
    struct eval_history *history = &plugin->extraction.fields->states[slot->field].direct.prefetch_history;
    struct fieldeval_call call;
    struct eval_value result;

    fieldeval_begin(plugin, slot->field, &slot->argument, true, &call);
    for (uint32_t i = 0; i < prefetch->count; i++) {
        const struct eval_value *value = &prefetch->prefetched->values[i];

        if (value->kind == EVAL_NIL) {
            row->outcomes[i] = VALUE_ABSENT;
        } else if (fieldeval_result(&call, &prefetch->prefetched->events[i], value, &result)) {
            set_cell(&result, type, prefetch, row, i);
        } else {
            eval_failed(history);
            return;
        }
    }
    eval_succeeded(history, prefetch->count);
}

bool batchprefetch_begin(struct plugin *plugin)
{
    struct batch_prefetch *prefetch = &plugin->extraction.batch_prefetch;
    struct fieldcache *cache = &plugin->extraction.cache;
    struct prefetch_row row;
    uint32_t width;

    if (!is_due(plugin)) {
        return false;
    }
    fieldcache_back_off(cache, PREFETCH_FUNCTIONS);
    width = choose_width(plugin);
    pool_reset(&prefetch->pool, KEPT_BYTES);
    prefetch->count = width > 0 ? decode_events(plugin, prefetch, read_events(plugin, prefetch, width)) : 0;
    if (prefetch->count == 0 || !fieldcache_begin_prefetch(cache, prefetch->count)) {
        return false;
    }
    for (struct cache_slot *slot = cache->lists[PREFETCH_FUNCTIONS]; slot != NULL; slot = slot->next_listed) {
        if (fieldeval_prefetches(plugin, slot->field) && fieldcache_add_row(cache, slot, &row)) {
            evaluate_row(plugin, slot, &row);
        }
    }
    prefetch->position = 0;
    prefetch->next = prefetch->prefetched->events[0].where;
    prefetch->used = true;
    return true;
}
