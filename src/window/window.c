#include "window/window.h"

/* What is known of a key that has events: what counting needs, in one cache line. */
struct key {
    struct identity id;
    uint64_t birth;
    int64_t lost; /* time of its newest event that was, or may have been, lost */
    uint32_t count;
    uint32_t before, behind; /* keys that were added to before it, and after */
    uint32_t sums;           /* of its values; SLOT_NONE: it had none yet */
};

_Static_assert(sizeof(struct key) == SLOTS_ALIGNMENT, "a key is a cache line");

/* What is known of the values of a key. */
struct sums {
    __int128 integers;
    uint32_t floats; /* events with one */
    uint32_t distinct;
    uint32_t values; /* the first of them */
};

/* A value that events of a key have. */
struct value {
    struct identity id;
    uint32_t count; /* of events */
    uint32_t previous, next;
};

void window_open(struct window *window, struct memory_budget *budget, const struct siphash_key *hash,
                 int64_t span, uint32_t keys, uint32_t events)
{
    *window = (struct window){.budget = budget,
                              .hash = *hash,
                              .span = span,
                              .newest = INT64_MIN,
                              .lost = INT64_MIN,
                              .most_keys = keys,
                              .most_events = events,
                              .first = SLOT_NONE,
                              .last = SLOT_NONE,
                              .keys = {.size = sizeof(struct key), .free = SLOT_NONE},
                              .sums = {.size = sizeof(struct sums), .free = SLOT_NONE},
                              .values = {.size = sizeof(struct value), .free = SLOT_NONE}};
}

void window_close(struct window *window)
{
    eventqueue_close(&window->queue, window->budget);
    slots_close(&window->keys, window->budget);
    slots_close(&window->sums, window->budget);
    slots_close(&window->values, window->budget);
    slotindex_close(&window->key_index, window->budget);
    slotindex_close(&window->value_index, window->budget);
    *window = (struct window){.budget = NULL};
}

static inline struct key *key_at(const struct window *window, uint32_t slot)
{
    return slot_at(&window->keys, slot);
}

static inline struct value *value_at(const struct window *window, uint32_t slot)
{
    return slot_at(&window->values, slot);
}

static inline struct sums *sums_of(const struct window *window, const struct key *key)
{
    return slot_at(&window->sums, key->sums);
}

/* True if an event of that time does not count any more. */
static inline bool is_too_old(const struct window *window, int64_t ns)
{
    return ns < window->newest && (uint64_t)window->newest - (uint64_t)ns > (uint64_t)window->span;
}

struct window_key window_key(const struct window *window, const struct identity *id)
{
    const struct window_key key = {.id = *id, .tag = identity_tag(&window->hash, id)};

    slotindex_fetch(&window->key_index, key.tag);
    return key;
}

void window_advance(struct window *window, int64_t ns)
{
    window->newest = ns > window->newest ? ns : window->newest;
}

/* ---- keys by their use ---- */

static void unlink_key(struct window *window, const struct key *key)
{
    *(key->before != SLOT_NONE ? &key_at(window, key->before)->behind : &window->last) = key->behind;
    *(key->behind != SLOT_NONE ? &key_at(window, key->behind)->before : &window->first) = key->before;
}

/* It is the one that was added to last. */
static void link_key(struct window *window, struct key *key, uint32_t slot)
{
    key->before = window->first;
    key->behind = SLOT_NONE;
    *(window->first != SLOT_NONE ? &key_at(window, window->first)->behind : &window->last) = slot;
    window->first = slot;
}

static uint32_t find_key(const struct window *window, const struct window_key *key)
{
    uint32_t at = slotindex_begin(&window->key_index, key->tag), slot;

    do {
        slot = slotindex_next(&window->key_index, key->tag, &at);
    } while (slot != SLOT_NONE && !identity_same(&key_at(window, slot)->id, &key->id));
    return slot;
}

/* ---- values of a key ---- */

static uint32_t find_value(const struct window *window, const struct identity *id, uint32_t tag)
{
    uint32_t at = slotindex_begin(&window->value_index, tag), slot;

    do {
        slot = slotindex_next(&window->value_index, tag, &at);
    } while (slot != SLOT_NONE && !identity_same(&value_at(window, slot)->id, id));
    return slot;
}

static void remove_value(struct window *window, struct sums *sums, uint32_t slot)
{
    const struct value *value = value_at(window, slot);

    *(value->previous != SLOT_NONE ? &value_at(window, value->previous)->next : &sums->values) = value->next;
    if (value->next != SLOT_NONE) {
        value_at(window, value->next)->previous = value->previous;
    }
    slotindex_remove(&window->value_index, identity_tag(&window->hash, &value->id), slot);
    slots_give(&window->values, slot);
    sums->distinct--;
}

/* There is room. Returns the value's slot. */
static uint32_t add_value(struct window *window, uint32_t key_slot, const struct identity *value)
{
    struct key *key = key_at(window, key_slot);
    struct identity id = *value;
    struct sums *sums;
    uint32_t slot, tag;

    if (key->sums == SLOT_NONE) {
        key->sums = slots_take(&window->sums);
        *sums_of(window, key) = (struct sums){.values = SLOT_NONE};
    }
    sums = sums_of(window, key);
    id.owner = key_slot;
    tag = identity_tag(&window->hash, &id);
    slot = find_value(window, &id, tag);
    if (slot == SLOT_NONE) {
        slot = slots_take(&window->values);
        *value_at(window, slot) = (struct value){.id = id, .previous = SLOT_NONE, .next = sums->values};
        if (sums->values != SLOT_NONE) {
            value_at(window, sums->values)->previous = slot;
        }
        sums->values = slot;
        sums->distinct++;
        slotindex_add(&window->value_index, tag, slot);
    }
    value_at(window, slot)->count++;
    sums->floats += id.kind == IDENTITY_FLOAT;
    sums->integers += id.kind == IDENTITY_INTEGER ? id.is.integer : 0;
    return slot;
}

static void drop_value(struct window *window, struct sums *sums, uint32_t slot)
{
    struct value *value = value_at(window, slot);

    sums->floats -= value->id.kind == IDENTITY_FLOAT;
    sums->integers -= value->id.kind == IDENTITY_INTEGER ? value->id.is.integer : 0;
    if (--value->count == 0) {
        remove_value(window, sums, slot);
    }
}

/* ---- forgetting ---- */

/* A key that has no events, or is dropped with those that it has. */
static void remove_key(struct window *window, uint32_t slot)
{
    struct key *key = key_at(window, slot);

    if (key->sums != SLOT_NONE) {
        struct sums *sums = sums_of(window, key);

        while (sums->values != SLOT_NONE) {
            remove_value(window, sums, sums->values);
        }
        slots_give(&window->sums, key->sums);
    }
    unlink_key(window, key);
    slotindex_remove(&window->key_index, identity_tag(&window->hash, &key->id), slot);
    window->lost = key->lost > window->lost ? key->lost : window->lost; /* it may come back */
    key->birth = 0; /* its events in the queue are nobody's */
    slots_give(&window->keys, slot);
}

/* Forgets the oldest event; `lost`: though it would count. */
static void drop_oldest(struct window *window, bool lost)
{
    const struct queued_event event = *eventqueue_oldest(&window->queue);
    struct key *key = key_at(window, event.key);

    eventqueue_drop(&window->queue);
    if (window->queue.ring_count > 0) {
        __builtin_prefetch(
            key_at(window, window->queue.ring[window->queue.head].key)); /* it may be the next */
    }
    if (key->birth != event.birth) {
        return;
    }
    if (lost) {
        key->lost = event.ns > key->lost ? event.ns : key->lost;
        window->dropped_events++;
    }
    if (event.value != SLOT_NONE) {
        drop_value(window, sums_of(window, key), event.value);
    }
    if (--key->count == 0) {
        remove_key(window, event.key);
    }
}

bool window_expire(struct window *window, unsigned most)
{
    const struct queued_event *oldest;

    while ((oldest = eventqueue_oldest(&window->queue)) != NULL && is_too_old(window, oldest->ns)) {
        if (most-- == 0) {
            return true;
        }
        drop_oldest(window, false);
    }
    return false;
}

/* The key that was added to longest ago goes. */
static void drop_key(struct window *window)
{
    struct key *key = key_at(window, window->last);

    key->lost = window->newest; /* none of its events is newer */
    window->dropped_keys++;
    window->dropped_events += key->count;
    remove_key(window, window->last);
}

/* ---- adding ---- */

/* There is room for it. */
static uint32_t add_key(struct window *window, const struct window_key *key)
{
    uint32_t slot;

    if (window->key_index.count >= window->most_keys) {
        drop_key(window);
    }
    slot = slots_take(&window->keys);
    *key_at(window, slot) = (struct key){.id = key->id,
                                         .birth = ++window->births,
                                         .lost = window->lost, /* these may have been of its events */
                                         .sums = SLOT_NONE};
    slotindex_add(&window->key_index, key->tag, slot);
    link_key(window, key_at(window, slot), slot);
    return slot;
}

/* Takes all memory that an event may need before anything changes. */
static bool reserve(struct window *window, int64_t ns, bool is_new, bool has_value)
{
    return eventqueue_reserve(&window->queue, ns, window->budget) &&
           (!is_new || (slots_reserve(&window->keys, window->budget) &&
                        slotindex_reserve(&window->key_index, window->budget))) &&
           (!has_value ||
            (slots_reserve(&window->sums, window->budget) && slots_reserve(&window->values, window->budget) &&
             slotindex_reserve(&window->value_index, window->budget)));
}

static void tell(const struct window *window, uint32_t slot, struct window_found *found)
{
    const struct key *key = slot != SLOT_NONE ? key_at(window, slot) : NULL;
    const int64_t lost = key != NULL ? key->lost : window->lost;

    *found = (struct window_found){.exact = lost == INT64_MIN || is_too_old(window, lost)};
    if (key != NULL) {
        found->count = key->count;
    }
    if (key != NULL && key->sums != SLOT_NONE) {
        found->distinct = sums_of(window, key)->distinct;
        found->values = sums_of(window, key)->floats > 0 ? found->distinct : 0;
    }
}

/* The event is not kept though it would count. */
static void lose(struct window *window, uint32_t slot, int64_t ns)
{
    int64_t *lost = slot != SLOT_NONE ? &key_at(window, slot)->lost : &window->lost;

    *lost = ns > *lost ? ns : *lost;
    window->dropped_events++;
}

/* There is room. Returns the key's slot, which is `slot`, or SLOT_NONE for a key that is new. */
static uint32_t keep(struct window *window, const struct window_key *key, uint32_t slot, int64_t ns,
                     const struct identity *value)
{
    struct queued_event event = {.ns = ns, .value = SLOT_NONE, .key = slot};

    if (slot == SLOT_NONE) {
        event.key = add_key(window, key);
    } else if (slot != window->first) {
        unlink_key(window, key_at(window, slot));
        link_key(window, key_at(window, slot), slot);
    }
    event.birth = key_at(window, event.key)->birth;
    key_at(window, event.key)->count++;
    if (value != NULL) {
        event.value = add_value(window, event.key, value);
    }
    eventqueue_put(&window->queue, &event);
    return event.key;
}

bool window_add(struct window *window, const struct window_key *key, int64_t ns, const struct identity *value,
                struct window_found *found)
{
    uint32_t slot = find_key(window, key);

    if (is_too_old(window, ns)) {
        window->late++;
        tell(window, slot, found);
        return true;
    }
    if (!reserve(window, ns, slot == SLOT_NONE, value != NULL)) {
        return false;
    }
    if (eventqueue_count(&window->queue) >= window->most_events) {
        if (eventqueue_oldest(&window->queue)->ns > ns) {
            lose(window, slot, ns);
            tell(window, slot, found);
            return true;
        }
        drop_oldest(window, true);
        slot = find_key(window, key); /* it may have gone, and its room is there */
    }
    tell(window, keep(window, key, slot, ns, value), found);
    return true;
}

void window_find(const struct window *window, const struct window_key *key, struct window_found *found)
{
    tell(window, find_key(window, key), found);
}

void window_sum(const struct window *window, const struct window_key *key, struct window_sum *sum)
{
    const uint32_t slot = find_key(window, key);
    const struct sums *sums;

    *sum = (struct window_sum){.floats = 0};
    if (slot == SLOT_NONE || key_at(window, slot)->sums == SLOT_NONE) {
        return;
    }
    sums = sums_of(window, key_at(window, slot));
    sum->integers = sums->integers;
    sum->has_floats = sums->floats > 0;
    for (uint32_t at = sum->has_floats ? sums->values : SLOT_NONE; at != SLOT_NONE;
         at = value_at(window, at)->next) {
        const struct value *value = value_at(window, at);

        if (value->id.kind == IDENTITY_FLOAT) {
            sum->floats += value->id.is.number * value->count;
        }
    }
}
