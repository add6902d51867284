#include "plugin/memo.h"

#include <stdlib.h>
#include <string.h>

struct memo_plain {
    uint64_t round;
    struct value value;
};

struct memo_entry {
    struct memo_entry *next;
    size_t field;
    struct argument argument; /* its key is a copy in the pool */
    struct value value;
};

bool memo_open(struct memo *memo, size_t fields)
{
    memset(memo, 0, sizeof(*memo));
    memo->plain = calloc(fields > 0 ? fields : 1, sizeof(*memo->plain));
    memo->fields = fields;
    memo->round = 1;
    return memo->plain != NULL;
}

void memo_close(struct memo *memo)
{
    free(memo->plain);
    memset(memo, 0, sizeof(*memo));
}

void memo_reset(struct memo *memo)
{
    memo->round++;
}

/* FNV-1a over the argument and the field. */
#define FNV_BASIS UINT64_C(14695981039346656037)
#define FNV_PRIME UINT64_C(1099511628211)

static inline uint64_t hash_index(size_t field, uint64_t index)
{
    return (FNV_BASIS ^ field ^ index) * FNV_PRIME;
}

static uint64_t hash_key(size_t field, const char *key)
{
    uint64_t hash = FNV_BASIS ^ field;

    for (const char *at = key; *at != '\0'; at++) {
        hash = (hash ^ (unsigned char)*at) * FNV_PRIME;
    }
    return hash;
}

static inline size_t bucket_number(uint64_t hash)
{
    return (hash ^ (hash >> 32)) % MEMO_BUCKETS;
}

static struct memo_bucket *bucket_of(struct memo *memo, size_t field, const struct argument *argument)
{
    uint64_t hash = argument->kind == ARGUMENT_INDEX ? hash_index(field, argument->index)
                                                     : hash_key(field, argument->key);
    struct memo_bucket *bucket = &memo->buckets[bucket_number(hash)];

    if (bucket->round != memo->round) {
        *bucket = (struct memo_bucket){memo->round, NULL};
    }
    return bucket;
}

static bool same_argument(const struct argument *a, const struct argument *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    return a->kind == ARGUMENT_INDEX ? a->index == b->index : strcmp(a->key, b->key) == 0;
}

static struct value *add_entry(struct memo_bucket *bucket, struct pool *pool, size_t field,
                               const struct argument *argument)
{
    struct memo_entry *entry = pool_take(pool, sizeof(*entry));

    if (entry == NULL) {
        return NULL;
    }
    *entry = (struct memo_entry){.next = bucket->first, .field = field, .argument = *argument};
    if (argument->kind == ARGUMENT_KEY) {
        entry->argument.key = pool_text(pool, argument->key, strlen(argument->key));
        if (entry->argument.key == NULL) {
            return NULL;
        }
    }
    bucket->first = entry;
    return &entry->value;
}

static inline const struct value *found_out(const struct value *value)
{
    return value->outcome == VALUE_PRESENT || value->outcome == VALUE_ABSENT ? value : NULL;
}

const struct value *memo_known(const struct memo *memo, size_t field)
{
    return field < memo->fields && memo->plain[field].round == memo->round
               ? found_out(&memo->plain[field].value)
               : NULL;
}

const struct value *memo_known_at(const struct memo *memo, size_t field, uint64_t index)
{
    const struct memo_bucket *bucket = &memo->buckets[bucket_number(hash_index(field, index))];

    if (bucket->round != memo->round) {
        return NULL;
    }
    for (const struct memo_entry *entry = bucket->first; entry != NULL; entry = entry->next) {
        if (entry->field == field && entry->argument.kind == ARGUMENT_INDEX &&
            entry->argument.index == index) {
            return found_out(&entry->value);
        }
    }
    return NULL;
}

struct value *memo_find(struct memo *memo, struct pool *pool, size_t field, const struct argument *argument)
{
    struct memo_bucket *bucket;

    if (argument->kind == ARGUMENT_NONE) {
        struct memo_plain *plain = &memo->plain[field];

        if (plain->round != memo->round) {
            plain->round = memo->round;
            plain->value = (struct value){.outcome = VALUE_UNKNOWN};
        }
        return &plain->value;
    }
    bucket = bucket_of(memo, field, argument);
    for (struct memo_entry *entry = bucket->first; entry != NULL; entry = entry->next) {
        if (entry->field == field && same_argument(&entry->argument, argument)) {
            return &entry->value;
        }
    }
    return add_entry(bucket, pool, field, argument);
}
