#include "plugin/lookahead.h"

#include "plugin/asking.h"
#include "plugin/plugin.h"
#include "plugin/sourcing.h"

#include <stdlib.h>

/* So many quiet events for each that is looked at. */
#define QUIET_EVENTS 8u

/* Bytes of payloads that are looked at in one go. */
#define PAYLOADS (8u * 1024u)

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
    if (look->next != NULL) {
        look->quiet = 0; /* it was in vain */
    } else if (look->quiet < QUIET_EVENTS * MEMO_AHEAD_EVENTS) {
        look->quiet += look->used ? look->count + 1 : 1;
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
        count += asking_looks_ahead(plugin, seat->field);
    }
    return count;
}

/* How many events to look at. */
static uint32_t choose_width(const struct plugin *plugin)
{
    uint32_t width = plugin->extraction.lookahead.quiet / QUIET_EVENTS, seats;

    if (width == 0 || !plugin->extraction.own || plugin->turns.on) {
        return 0;
    }
    seats = count_seats(plugin);
    width = width < MEMO_AHEAD_EVENTS ? width : MEMO_AHEAD_EVENTS;
    return seats == 0 ? 0 : seats * width <= MEMO_AHEAD ? width : MEMO_AHEAD / seats;
}

/* Reads the events behind the current one, up to one that is too large. */
static uint32_t read_events(struct plugin *plugin, struct lookahead *look, uint32_t width)
{
    uint32_t count, kept = 0;
    struct event *events;
    size_t bytes = 0;

    if (look->looked == NULL) {
        look->looked = calloc(1, sizeof(*look->looked));
    }
    if (look->looked == NULL) {
        return 0;
    }
    events = look->looked->events;
    count = sourcing_following(plugin, plugin->extraction.event->where, events, width);
    while (kept < count && events[kept].size <= PAYLOADS - bytes) {
        look->looked->payloads[kept] = (struct pure_text){events[kept].data, events[kept].size};
        bytes += events[kept++].size;
    }
    return kept;
}

bool lookahead_begin(struct plugin *plugin)
{
    struct lookahead *look = &plugin->extraction.lookahead;
    struct memo *memo = &plugin->extraction.memo;
    uint32_t width = look->used ? 0 : choose_width(plugin);
    struct memo_lane lane;

    look->count = width > 0 ? read_events(plugin, look, width) : 0;
    if (look->count == 0 || !memo_look(memo, look->count)) {
        return false;
    }
    pool_reset(&look->pool, KEPT_BYTES);
    for (struct memo_seat *seat = memo->lists[MEMO_FUNCTIONS]; seat != NULL; seat = seat->following) {
        if (asking_looks_ahead(plugin, seat->field) && memo_add_lane(memo, seat, &lane)) {
            asking_ahead(plugin, seat, &lane);
        }
    }
    look->position = 0;
    look->next = look->looked->events[0].where;
    look->used = true;
    return true;
}
