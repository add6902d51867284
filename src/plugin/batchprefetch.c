#include "plugin/batchprefetch.h"

#include "plugin/batchwriter.h"
#include "plugin/fieldresults.h"
#include "plugin/plugin.h"

#include <stdlib.h>

/* So many quiet events for each that is looked at. */
#define QUIET_EVENTS 8

/* Each time in a row that the host leaves it, it rests for twice as many events: so often at most. */
#define DOUBLINGS 6u

/* Bytes of payloads that are looked at in one go. */
#define PAYLOADS (8u * 1024u)

/* Bytes of the longest text that is an answer. */
#define LONGEST_TEXT 1024u

/* Memory for texts that is kept. */
#define KEPT_BYTES (64u * 1024u)

void batchprefetch_close(struct batch_prefetch *look)
{
    free(look->looked);
    pool_free(&look->pool);
    *look = (struct batch_prefetch){.next = NULL};
}

void batchprefetch_leave(struct batch_prefetch *look)
{
    int32_t followed = look->used ? (int32_t)look->count : 0;

    if (look->next != NULL) { /* it was in vain */
        look->quiet = QUIET_EVENTS - (QUIET_EVENTS << look->broken);
        look->broken += look->broken < DOUBLINGS;
    } else if (look->quiet < QUIET_EVENTS * PREFETCH_EVENTS) {
        look->quiet += followed + 1;
        look->broken = followed > 0 ? 0 : look->broken;
    }
    look->next = NULL;
    look->used = false;
}

/* How many slots can be filled ahead. */
static uint32_t count_slots(const struct plugin *plugin)
{
    uint32_t count = 0;

    for (const struct cache_slot *slot = plugin->extraction.cache.lists[PREFETCH_FUNCTIONS]; slot != NULL;
         slot = slot->following) {
        count += fieldeval_prefetches(plugin, slot->field);
    }
    return count;
}

/* Is it time to look at the events behind the one that is shown? */
static bool is_due(const struct plugin *plugin)
{
    const struct batch_prefetch *look = &plugin->extraction.batch_prefetch;

    return plugin->limits.optimize.batch_prefetch && !look->used && look->quiet >= QUIET_EVENTS &&
           plugin->extraction.batch != NULL && plugin->extraction.known_again && !plugin->lock.on;
}

/* How many events to look at. */
static uint32_t choose_width(const struct plugin *plugin)
{
    uint32_t width = (uint32_t)(plugin->extraction.batch_prefetch.quiet / QUIET_EVENTS);
    uint32_t slots = count_slots(plugin);

    width = width < PREFETCH_EVENTS ? width : PREFETCH_EVENTS;
    return slots == 0 ? 0 : slots * width <= PREFETCH_CELLS ? width : PREFETCH_CELLS / slots;
}

/* Reads the events behind the current one, up to one that is too large. */
static uint32_t read_events(struct plugin *plugin, struct batch_prefetch *look, uint32_t width)
{
    uint32_t count, kept = 0;
    struct batch_writer *batch = plugin->extraction.batch;
    struct event *events;
    size_t bytes = 0;

    if (batch->following == NULL) {
        return 0;
    }
    if (look->looked == NULL) {
        look->looked = calloc(1, sizeof(*look->looked));
    }
    if (look->looked == NULL) {
        return 0;
    }
    events = look->looked->events;
    count = batch->following(batch, plugin->extraction.event->where, events, width);
    while (kept < count && events[kept].size <= PAYLOADS - bytes) {
        bytes += events[kept++].size;
    }
    return kept;
}

/* Finds out what functions get of the events that were read. Answers of how many: behind them is one for
 * which `decode` has to be called. */
static uint32_t decode_events(struct plugin *plugin, struct batch_prefetch *look, uint32_t count)
{
    struct eval_tries *tries = &plugin->extraction.asked->decode.ahead;

    for (uint32_t i = 0; i < count; i++) {
        if (!fieldeval_value(plugin, &look->looked->events[i], true, &look->pool, &look->looked->values[i])) {
            eval_missed(tries);
            return i;
        }
    }
    eval_answered(tries, count);
    return count;
}

/* Takes the answer for event number `i`, but for a long text. */
static inline void take_answer(const struct eval_value *result, const struct field_type *type,
                               struct batch_prefetch *look, const struct prefetch_row *row, uint32_t i)
{
    if (result->kind != EVAL_TEXT || result->text.size <= LONGEST_TEXT) {
        row->outcomes[i] = (uint8_t)fieldresults_cell(result, type, &look->pool, &row->cells[i]);
    }
}

/* Answers a slot's field for all events, up to one for which its function has to be called. */
static void answer(struct plugin *plugin, const struct cache_slot *slot, const struct prefetch_row *row)
{
    const struct field_type *type = plugin->script->fields[slot->field].type;
    struct batch_prefetch *look = &plugin->extraction.batch_prefetch;
    struct eval_tries *tries = &plugin->extraction.asked->fields[slot->field].direct.ahead;
    struct fieldeval_call call;
    struct eval_value result;

    fieldeval_begin(plugin, slot->field, &slot->argument, true, &call);
    for (uint32_t i = 0; i < look->count; i++) {
        const struct eval_value *value = &look->looked->values[i];

        if (value->kind == EVAL_NIL) {
            row->outcomes[i] = VALUE_ABSENT;
        } else if (fieldeval_ask(&call, &look->looked->events[i], value, &result)) {
            take_answer(&result, type, look, row, i);
        } else {
            eval_missed(tries);
            return;
        }
    }
    eval_answered(tries, look->count);
}

bool batchprefetch_begin(struct plugin *plugin)
{
    struct batch_prefetch *look = &plugin->extraction.batch_prefetch;
    struct fieldcache *cache = &plugin->extraction.cache;
    struct prefetch_row row;
    uint32_t width;

    if (!is_due(plugin)) {
        return false;
    }
    fieldcache_rest(cache, PREFETCH_FUNCTIONS);
    width = choose_width(plugin);
    pool_reset(&look->pool, KEPT_BYTES);
    look->count = width > 0 ? decode_events(plugin, look, read_events(plugin, look, width)) : 0;
    if (look->count == 0 || !fieldcache_look(cache, look->count)) {
        return false;
    }
    for (struct cache_slot *slot = cache->lists[PREFETCH_FUNCTIONS]; slot != NULL; slot = slot->following) {
        if (fieldeval_prefetches(plugin, slot->field) && fieldcache_add_row(cache, slot, &row)) {
            answer(plugin, slot, &row);
        }
    }
    look->position = 0;
    look->next = look->looked->events[0].where;
    look->used = true;
    return true;
}
