#include "plugin/fieldcache.h"

#include <stdlib.h>
#include <string.h>

/* Slots with arguments that are kept from event to event. */
#define KEPT_BYTES (256u * 1024u)

#define BUCKETS_BYTES (FIELDCACHE_BUCKETS * sizeof(struct cache_slot *))

/* How often a slot whose prefetched values were not used is filled before it is prefetched again. */
#define BACKOFF 64

bool fieldcache_open(struct fieldcache *cache, size_t fields, struct memory_budget *budget)
{
    memset(cache, 0, sizeof(*cache));
    cache->budget = budget;
    cache->plain = calloc(fields > 0 ? fields : 1, sizeof(*cache->plain));
    cache->fields = fields;
    cache->generation = 1;
    cache->prefetch_number = 1;
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
    for (size_t i = 0; cache->buckets != NULL && i < FIELDCACHE_BUCKETS; i++) {
        for (struct cache_slot *slot = cache->buckets[i]; slot != NULL; slot = slot->next) {
            slot->path = NULL;
        }
    }
    for (size_t i = 0; i < PREFETCH_LISTS; i++) {
        for (struct cache_slot *slot = cache->lists[i]; slot != NULL; slot = slot->next_listed) {
            slot->listed = false;
        }
        cache->lists[i] = NULL;
    }
}

/* The bytes of a slot with this argument. */
static size_t slot_size(const struct argument *argument)
{
    return sizeof(struct cache_slot) + (argument->kind == ARGUMENT_KEY ? strlen(argument->key) + 1 : 0);
}

/* Frees all slots with arguments. */
static void clear(struct fieldcache *cache)
{
    fieldcache_restart(cache);
    for (size_t i = 0; cache->buckets != NULL && i < FIELDCACHE_BUCKETS; i++) {
        while (cache->buckets[i] != NULL) {
            struct cache_slot *slot = cache->buckets[i];

            cache->buckets[i] = slot->next;
            memory_give(cache->budget, slot, slot_size(&slot->argument));
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
    memory_give(cache->budget, cache->buckets, BUCKETS_BYTES);
    free(cache->prefetched);
    memset(cache, 0, sizeof(*cache));
}

void fieldcache_reset(struct fieldcache *cache)
{
    cache->generation++;
    fieldcache_end_prefetch(cache);
    if (cache->bytes > KEPT_BYTES) {
        clear(cache);
    }
}

static uint64_t hash_key(size_t field, const char *key)
{
    size_t length = strlen(key);
    uint64_t hash = field ^ length, word;

    for (; length >= sizeof(word); length -= sizeof(word), key += sizeof(word)) {
        memcpy(&word, key, sizeof(word));
        hash = (hash ^ word) * FIELDCACHE_HASH_FACTOR;
        hash ^= hash >> 32;
    }
    word = 0;
    memcpy(&word, key, length);
    return (hash ^ word) * FIELDCACHE_HASH_FACTOR;
}

static bool same_argument(const struct argument *a, const struct argument *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    return a->kind == ARGUMENT_INDEX ? a->index == b->index : strcmp(a->key, b->key) == 0;
}

/* A new slot. NULL: out of memory. */
static struct cache_slot *add_slot(struct fieldcache *cache, struct cache_slot **bucket, size_t field,
                                   const struct argument *argument)
{
    size_t size = slot_size(argument), length = size - sizeof(struct cache_slot);
    struct cache_slot *slot = memory_take(cache->budget, size);

    if (slot == NULL) {
        return NULL;
    }
    *slot = (struct cache_slot){.next = *bucket, .field = (uint32_t)field, .argument = *argument};
    if (length > 0) {
        slot->argument.key = memcpy(slot + 1, argument->key, length);
    }
    cache->bytes += size;
    *bucket = slot;
    return slot;
}

/* Makes the buckets, unless they are there. False: out of memory. */
static bool open_buckets(struct fieldcache *cache)
{
    if (cache->buckets == NULL) {
        cache->buckets = memory_take(cache->budget, BUCKETS_BYTES);
        if (cache->buckets != NULL) {
            memset(cache->buckets, 0, BUCKETS_BYTES);
        }
    }
    return cache->buckets != NULL;
}

static struct cache_slot *find_slot(struct fieldcache *cache, size_t field, const struct argument *argument)
{
    uint64_t hash = argument->kind == ARGUMENT_INDEX ? fieldcache_hash_index(field, argument->index)
                                                     : hash_key(field, argument->key);
    struct cache_slot **bucket;

    if (!open_buckets(cache)) {
        return NULL;
    }
    bucket = &cache->buckets[fieldcache_bucket_number(hash)];
    for (struct cache_slot *slot = *bucket; slot != NULL; slot = slot->next) {
        if (slot->field == field && same_argument(&slot->argument, argument)) {
            return slot;
        }
    }
    return add_slot(cache, bucket, field, argument);
}

struct cache_slot *fieldcache_find(struct fieldcache *cache, size_t field, const struct argument *argument)
{
    return argument->kind == ARGUMENT_NONE ? &cache->plain[field] : find_slot(cache, field, argument);
}

void fieldcache_list(struct fieldcache *cache, enum prefetch_list list, struct cache_slot *slot)
{
    if (slot->listed) {
        return;
    }
    if (slot->backoff > 0) {
        slot->backoff--;
        return;
    }
    slot->next_listed = cache->lists[list];
    slot->listed = true;
    cache->lists[list] = slot;
}

/* Had the slot a row of which less than half was used? */
static bool was_mispredicted(const struct fieldcache *cache, const struct cache_slot *slot)
{
    return slot->prefetch_number == cache->last_prefetch && 2u * slot->hits < cache->position;
}

/* Takes the slot at `link` out of its list. */
static void unlist(struct cache_slot **link)
{
    (*link)->listed = false;
    *link = (*link)->next_listed;
}

/* The same, with a back-off; its row is dropped. */
static void back_off(struct cache_slot **link)
{
    (*link)->backoff = BACKOFF;
    (*link)->prefetch_number = 0;
    unlist(link);
}

struct cache_slot *fieldcache_next_prefetch(const struct fieldcache *cache, struct cache_slot ***link)
{
    while (**link != NULL) {
        struct cache_slot *slot = **link;

        if (slot->requested != cache->previous_active && slot->requested != cache->generation) {
            (was_mispredicted(cache, slot) ? back_off : unlist)(*link);
            continue;
        }
        *link = &slot->next_listed;
        if (slot->generation != cache->generation && !fieldcache_has_row(cache, slot)) {
            fieldcache_renew(cache, slot);
            return slot;
        }
    }
    return NULL;
}

void fieldcache_back_off(struct fieldcache *cache, enum prefetch_list list)
{
    struct cache_slot **link = &cache->lists[list];

    while (*link != NULL) {
        if (was_mispredicted(cache, *link)) {
            back_off(link);
        } else {
            link = &(*link)->next_listed;
        }
    }
}

void fieldcache_drop(struct fieldcache *cache, enum prefetch_list list)
{
    struct cache_slot **link = &cache->lists[list];

    while (*link != NULL) {
        struct cache_slot *slot = *link;

        if (slot->generation != cache->generation || slot->requested == cache->generation) {
            link = &slot->next_listed;
            continue;
        }
        slot->generation = 0;
        back_off(link);
    }
}

bool fieldcache_begin_prefetch(struct fieldcache *cache, uint32_t events)
{
    if (cache->prefetched == NULL) {
        cache->prefetched = malloc(sizeof(*cache->prefetched));
    }
    fieldcache_end_prefetch(cache);
    cache->last_prefetch = cache->prefetch_number;
    cache->width = events;
    cache->cells_used = 0;
    cache->position = 0;
    return cache->prefetched != NULL;
}

bool fieldcache_add_row(struct fieldcache *cache, struct cache_slot *slot, struct prefetch_row *row)
{
    struct prefetch_rows *prefetched = cache->prefetched;

    if (cache->cells_used + cache->width > PREFETCH_CELLS) {
        return false;
    }
    slot->prefetch_number = cache->prefetch_number;
    slot->row = cache->cells_used;
    slot->hits = 0;
    *row = (struct prefetch_row){&prefetched->cells[slot->row], &prefetched->outcomes[slot->row]};
    memset(row->outcomes, VALUE_UNKNOWN, cache->width);
    cache->cells_used += cache->width;
    return true;
}
