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
    if (memo->has_entries) {
        memset(memo->buckets, 0, sizeof(memo->buckets));
        memo->has_entries = false;
    }
}

/* FNV-1a over the argument and the field. */
static size_t bucket_of(size_t field, const struct argument *argument)
{
    uint64_t hash = UINT64_C(14695981039346656037) ^ field;

    if (argument->kind == ARGUMENT_INDEX) {
        hash = (hash ^ argument->index) * UINT64_C(1099511628211);
    } else {
        for (const char *at = argument->key; *at != '\0'; at++) {
            hash = (hash ^ (unsigned char)*at) * UINT64_C(1099511628211);
        }
    }
    return (size_t)(hash ^ (hash >> 32)) % MEMO_BUCKETS;
}

static bool same_argument(const struct argument *a, const struct argument *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    return a->kind == ARGUMENT_INDEX ? a->index == b->index : strcmp(a->key, b->key) == 0;
}

static struct value *add_entry(struct memo *memo, struct pool *pool, size_t field,
                               const struct argument *argument, size_t bucket)
{
    struct memo_entry *entry = pool_take(pool, sizeof(*entry));

    if (entry == NULL) {
        return NULL;
    }
    *entry = (struct memo_entry){.next = memo->buckets[bucket], .field = field, .argument = *argument};
    if (argument->kind == ARGUMENT_KEY) {
        entry->argument.key = pool_text(pool, argument->key, strlen(argument->key));
        if (entry->argument.key == NULL) {
            return NULL;
        }
    }
    memo->buckets[bucket] = entry;
    memo->has_entries = true;
    return &entry->value;
}

struct value *memo_find(struct memo *memo, struct pool *pool, size_t field, const struct argument *argument)
{
    size_t bucket;

    if (argument->kind == ARGUMENT_NONE) {
        struct memo_plain *plain = &memo->plain[field];

        if (plain->round != memo->round) {
            plain->round = memo->round;
            plain->value = (struct value){.outcome = VALUE_UNKNOWN};
        }
        return &plain->value;
    }
    bucket = bucket_of(field, argument);
    for (struct memo_entry *entry = memo->buckets[bucket]; entry != NULL; entry = entry->next) {
        if (entry->field == field && same_argument(&entry->argument, argument)) {
            return &entry->value;
        }
    }
    return add_entry(memo, pool, field, argument, bucket);
}
