#include "plugin/lookahead.h"

#include "plugin/batches.h"
#include "plugin/plugin.h"
#include "plugin/taking.h"

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

void lookahead_close(struct lookahead *look)
{
    free(look->looked);
    pool_free(&look->pool);
    *look = (struct lookahead){.next = NULL};
}

void lookahead_leave(struct lookahead *look)
{
    int32_t followed = look->used ? (int32_t)look->count : 0;

    if (look->next != NULL) { /* it was in vain */
        look->quiet = QUIET_EVENTS - (QUIET_EVENTS << look->broken);
        look->broken += look->broken < DOUBLINGS;
    } else if (look->quiet < QUIET_EVENTS * MEMO_AHEAD_EVENTS) {
        look->quiet += followed + 1;
        look->broken = followed > 0 ? 0 : look->broken;
    }
    look->next = NULL;
    look->used = false;
}

/* How many seats can be filled ahead. */
static uint32_t count_seats(const struct plugin *plugin)
{
    uint32_t count = 0;

    for (const struct memo_seat *seat = plugin->extraction.memo.lists[MEMO_FUNCTIONS]; seat != NULL;
         seat = seat->following) {
        count += direct_prefetches(plugin, seat->field);
    }
    return count;
}

/* Is it time to look at the events behind the one that is shown? */
static bool is_due(const struct plugin *plugin)
{
    const struct lookahead *look = &plugin->extraction.lookahead;

    return plugin->limits.optimize.batch_prefetch && !look->used && look->quiet >= QUIET_EVENTS &&
           plugin->extraction.batch != NULL && plugin->extraction.known_again && !plugin->turns.on;
}

/* How many events to look at. */
static uint32_t choose_width(const struct plugin *plugin)
{
    uint32_t width = (uint32_t)(plugin->extraction.lookahead.quiet / QUIET_EVENTS);
    uint32_t seats = count_seats(plugin);

    width = width < MEMO_AHEAD_EVENTS ? width : MEMO_AHEAD_EVENTS;
    return seats == 0 ? 0 : seats * width <= MEMO_AHEAD ? width : MEMO_AHEAD / seats;
}

/* Reads the events behind the current one, up to one that is too large. */
static uint32_t read_events(struct plugin *plugin, struct lookahead *look, uint32_t width)
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
static uint32_t decode_events(struct plugin *plugin, struct lookahead *look, uint32_t count)
{
    struct pure_tries *tries = &plugin->extraction.asked->decode.ahead;

    for (uint32_t i = 0; i < count; i++) {
        if (!direct_value(plugin, &look->looked->events[i], true, &look->pool, &look->looked->values[i])) {
            pure_missed(tries);
            return i;
        }
    }
    pure_answered(tries, count);
    return count;
}

/* Takes the answer for event number `i`, but for a long text. */
static inline void take_answer(const struct pure_value *result, const struct field_type *type,
                               struct lookahead *look, const struct memo_lane *lane, uint32_t i)
{
    if (result->kind != PURE_TEXT || result->text.size <= LONGEST_TEXT) {
        lane->outcomes[i] = (uint8_t)taking_cell(result, type, &look->pool, &lane->cells[i]);
    }
}

/* Answers a seat's field for all events, up to one for which its function has to be called. */
static void answer(struct plugin *plugin, const struct memo_seat *seat, const struct memo_lane *lane)
{
    const struct field_type *type = plugin->script->fields[seat->field].type;
    struct lookahead *look = &plugin->extraction.lookahead;
    struct pure_tries *tries = &plugin->extraction.asked->fields[seat->field].direct.ahead;
    struct direct_call call;
    struct pure_value result;

    direct_begin(plugin, seat->field, &seat->argument, true, &call);
    for (uint32_t i = 0; i < look->count; i++) {
        const struct pure_value *value = &look->looked->values[i];

        if (value->kind == PURE_NIL) {
            lane->outcomes[i] = VALUE_ABSENT;
        } else if (direct_ask(&call, &look->looked->events[i], value, &result)) {
            take_answer(&result, type, look, lane, i);
        } else {
            pure_missed(tries);
            return;
        }
    }
    pure_answered(tries, look->count);
}

bool lookahead_begin(struct plugin *plugin)
{
    struct lookahead *look = &plugin->extraction.lookahead;
    struct memo *memo = &plugin->extraction.memo;
    struct memo_lane lane;
    uint32_t width;

    if (!is_due(plugin)) {
        return false;
    }
    memo_rest(memo, MEMO_FUNCTIONS);
    width = choose_width(plugin);
    pool_reset(&look->pool, KEPT_BYTES);
    look->count = width > 0 ? decode_events(plugin, look, read_events(plugin, look, width)) : 0;
    if (look->count == 0 || !memo_look(memo, look->count)) {
        return false;
    }
    for (struct memo_seat *seat = memo->lists[MEMO_FUNCTIONS]; seat != NULL; seat = seat->following) {
        if (direct_prefetches(plugin, seat->field) && memo_add_lane(memo, seat, &lane)) {
            answer(plugin, seat, &lane);
        }
    }
    look->position = 0;
    look->next = look->looked->events[0].where;
    look->used = true;
    return true;
}
