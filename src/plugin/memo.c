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
static struct memo_bucket *bucket_of(struct memo *memo, size_t field, const struct argument *argument)
{
    struct memo_bucket *bucket;
    uint64_t hash = UINT64_C(14695981039346656037) ^ field;

    if (argument->kind == ARGUMENT_INDEX) {
        hash = (hash ^ argument->index) * UINT64_C(1099511628211);
    } else {
        for (const char *at = argument->key; *at != '\0'; at++) {
            hash = (hash ^ (unsigned char)*at) * UINT64_C(1099511628211);
        }
    }
    bucket = &memo->buckets[(hash ^ (hash >> 32)) % MEMO_BUCKETS];
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
