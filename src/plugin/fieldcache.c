#include "plugin/fieldcache.h"

#include <stdlib.h>
#include <string.h>

/* Slots with arguments that are kept from event to event. */
#define KEPT_BYTES (256u * 1024u)

/* So often a slot that was filled ahead for nothing is answered before that is tried again. */
#define WAIT 64

bool fieldcache_open(struct fieldcache *cache, size_t fields)
{
    memset(cache, 0, sizeof(*cache));
    cache->plain = calloc(fields > 0 ? fields : 1, sizeof(*cache->plain));
    cache->fields = fields;
    cache->round = 1;
    cache->looks = 1;
    for (size_t i = 0; cache->plain != NULL && i < fields; i++) {
        cache->plain[i].field = (uint32_t)i;
    }
    return cache->plain != NULL;
}

void fieldcache_restart(struct fieldcache *cache)
{
    for (size_t i = 0; i < cache->fields; i++) {
        cache->plain[i].path = NULL;
    }
    for (size_t i = 0; i < FIELDCACHE_BUCKETS; i++) {
        for (struct cache_slot *slot = cache->buckets[i]; slot != NULL; slot = slot->next) {
            slot->path = NULL;
        }
    }
    for (size_t i = 0; i < PREFETCH_LISTS; i++) {
        for (struct cache_slot *slot = cache->lists[i]; slot != NULL; slot = slot->following) {
            slot->listed = false;
        }
        cache->lists[i] = NULL;
    }
}

/* Takes all slots with arguments away. */
static void clear(struct fieldcache *cache)
{
    fieldcache_restart(cache);
    for (size_t i = 0; i < FIELDCACHE_BUCKETS; i++) {
        while (cache->buckets[i] != NULL) {
            struct cache_slot *slot = cache->buckets[i];

            cache->buckets[i] = slot->next;
            free(slot);
        }
    }
    cache->bytes = 0;
}

void fieldcache_close(struct fieldcache *cache)
{
    if (cache->plain != NULL) {
        clear(cache);
    }
    free(cache->plain);
    free(cache->ahead);
    memset(cache, 0, sizeof(*cache));
}

void fieldcache_reset(struct fieldcache *cache)
{
    cache->round++;
    fieldcache_end_look(cache);
    if (cache->bytes > KEPT_BYTES) {
        clear(cache);
    }
}

/* A multiplicative hash, of which the upper bits count: of the argument, eight bytes a step, and the field.
 */
#define HASH_FACTOR UINT64_C(0x9E3779B97F4A7C15)

static inline uint64_t hash_index(size_t field, uint64_t index)
{
    return (field ^ index) * HASH_FACTOR;
}

static uint64_t hash_key(size_t field, const char *key)
{
    size_t length = strlen(key);
    uint64_t hash = field ^ length, word;

    for (; length >= sizeof(word); length -= sizeof(word), key += sizeof(word)) {
        memcpy(&word, key, sizeof(word));
        hash = (hash ^ word) * HASH_FACTOR;
        hash ^= hash >> 32;
    }
    word = 0;
    memcpy(&word, key, length);
    return (hash ^ word) * HASH_FACTOR;
}

static inline size_t bucket_number(uint64_t hash)
{
    return (hash >> 48) % FIELDCACHE_BUCKETS;
}

static bool same_argument(const struct argument *a, const struct argument *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    return a->kind == ARGUMENT_INDEX ? a->index == b->index : strcmp(a->key, b->key) == 0;
}

/* A new slot for a question. NULL: out of memory. */
static struct cache_slot *add_slot(struct fieldcache *cache, struct cache_slot **bucket, size_t field,
                                   const struct argument *argument)
{
    size_t length = argument->kind == ARGUMENT_KEY ? strlen(argument->key) + 1 : 0;
    struct cache_slot *slot = malloc(sizeof(*slot) + length);

    if (slot == NULL) {
        return NULL;
    }
    *slot = (struct cache_slot){.next = *bucket, .field = (uint32_t)field, .argument = *argument};
    if (length > 0) {
        slot->argument.key = memcpy(slot + 1, argument->key, length);
    }
    cache->bytes += sizeof(*slot) + length;
    *bucket = slot;
    return slot;
}

static struct cache_slot *find_slot(struct fieldcache *cache, size_t field, const struct argument *argument)
{
    uint64_t hash = argument->kind == ARGUMENT_INDEX ? hash_index(field, argument->index)
                                                     : hash_key(field, argument->key);
    struct cache_slot **bucket = &cache->buckets[bucket_number(hash)];

    for (struct cache_slot *slot = *bucket; slot != NULL; slot = slot->next) {
        if (slot->field == field && same_argument(&slot->argument, argument)) {
            return slot;
        }
    }
    return add_slot(cache, bucket, field, argument);
}

/* The value that was found out ahead, if it was; the slot has a row. */
static inline void take_ahead(const struct fieldcache *cache, struct cache_slot *slot)
{
    uint32_t place = slot->row + cache->position - 1;

    if (cache->position > 0) {
        slot->value = (struct value){
            .outcome = cache->ahead->outcomes[place], .count = 1, .cells = &cache->ahead->cells[place]};
        slot->taken++;
    }
}

static inline bool has_row(const struct fieldcache *cache, const struct cache_slot *slot)
{
    return slot->look == cache->looks;
}

/* Makes the slot one of this event; its value is unknown, but for what was found out ahead. */
static inline void renew(const struct fieldcache *cache, struct cache_slot *slot)
{
    slot->round = cache->round;
    slot->value.outcome = VALUE_UNKNOWN;
    if (has_row(cache, slot)) {
        take_ahead(cache, slot);
    }
}

/* Something new is asked of this event. */
static inline void note_question(struct fieldcache *cache)
{
    if (cache->questions != cache->round) {
        cache->before = cache->questions;
        cache->questions = cache->round;
    }
}

struct cache_slot *fieldcache_slot_at(const struct fieldcache *cache, size_t field, uint64_t index)
{
    struct cache_slot *slot = cache->buckets[bucket_number(hash_index(field, index))];

    while (slot != NULL &&
           (slot->field != field || slot->argument.kind != ARGUMENT_INDEX || slot->argument.index != index)) {
        slot = slot->next;
    }
    return slot;
}

struct cache_slot *fieldcache_find(struct fieldcache *cache, size_t field, const struct argument *argument)
{
    return argument->kind == ARGUMENT_NONE ? &cache->plain[field] : find_slot(cache, field, argument);
}

void fieldcache_ask(struct fieldcache *cache, struct cache_slot *slot)
{
    note_question(cache);
    if (slot->round != cache->round) {
        renew(cache, slot);
    }
    slot->asked = cache->round;
}

void fieldcache_list(struct fieldcache *cache, enum prefetch_list list, struct cache_slot *slot)
{
    if (slot->listed) {
        return;
    }
    if (slot->wait > 0) {
        slot->wait--;
        return;
    }
    slot->following = cache->lists[list];
    slot->listed = true;
    cache->lists[list] = slot;
}

/* Had the slot a row of which most was in vain? */
static bool was_in_vain(const struct fieldcache *cache, const struct cache_slot *slot)
{
    return slot->look == cache->last_look && 2u * slot->taken < cache->position;
}

/* Takes the slot at `link` out of its list. */
static void take_out(struct cache_slot **link)
{
    (*link)->listed = false;
    *link = (*link)->following;
}

/* The same for a while; its row is gone. */
static void put_to_rest(struct cache_slot **link)
{
    (*link)->wait = WAIT;
    (*link)->look = 0;
    take_out(link);
}

struct cache_slot *fieldcache_next_prefetch(const struct fieldcache *cache, struct cache_slot ***link)
{
    while (**link != NULL) {
        struct cache_slot *slot = **link;

        if (slot->asked != cache->before && slot->asked != cache->round) {
            (was_in_vain(cache, slot) ? put_to_rest : take_out)(*link);
            continue;
        }
        *link = &slot->following;
        if (slot->round != cache->round && !has_row(cache, slot)) {
            renew(cache, slot);
            return slot;
        }
    }
    return NULL;
}

void fieldcache_rest(struct fieldcache *cache, enum prefetch_list list)
{
    struct cache_slot **link = &cache->lists[list];

    while (*link != NULL) {
        if (was_in_vain(cache, *link)) {
            put_to_rest(link);
        } else {
            link = &(*link)->following;
        }
    }
}

void fieldcache_drop(struct fieldcache *cache, enum prefetch_list list)
{
    struct cache_slot **link = &cache->lists[list];

    while (*link != NULL) {
        struct cache_slot *slot = *link;

        if (slot->round != cache->round || slot->asked == cache->round) {
            link = &slot->following;
            continue;
        }
        slot->round = 0;
        put_to_rest(link);
    }
}

bool fieldcache_look(struct fieldcache *cache, uint32_t events)
{
    if (cache->ahead == NULL) {
        cache->ahead = malloc(sizeof(*cache->ahead));
    }
    fieldcache_end_look(cache);
    cache->last_look = cache->looks;
    cache->width = events;
    cache->rows = 0;
    cache->position = 0;
    return cache->ahead != NULL;
}

bool fieldcache_add_row(struct fieldcache *cache, struct cache_slot *slot, struct prefetch_row *row)
{
    struct prefetch_rows *ahead = cache->ahead;

    if (cache->rows + cache->width > PREFETCH_CELLS) {
        return false;
    }
    slot->look = cache->looks;
    slot->row = cache->rows;
    slot->taken = 0;
    *row = (struct prefetch_row){&ahead->cells[slot->row], &ahead->outcomes[slot->row]};
    memset(row->outcomes, VALUE_UNKNOWN, cache->width);
    cache->rows += cache->width;
    return true;
}
