/*
 * memo: what was already found out about the event.
 *
 * Hosts ask for the same field again for every rule; the first answer stands until the
 * event changes. Found by (field, argument). Values, also absent and failed ones, and the
 * entries themselves are in the event's pool.
 *
 * Owner: the plugin state. Not thread safe.
 */
#ifndef LURE_PLUGIN_MEMO_H
#define LURE_PLUGIN_MEMO_H

#include "event/pool.h"
#include "event/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum argument_kind { ARGUMENT_NONE, ARGUMENT_INDEX, ARGUMENT_KEY };

/* What stands in brackets behind a field's name. */
struct argument {
    enum argument_kind kind;
    uint64_t index;  /* ARGUMENT_INDEX */
    const char *key; /* ARGUMENT_KEY; the host's memory */
};

#define MEMO_BUCKETS 64

struct memo_plain;
struct memo_entry;

struct memo {
    struct memo_plain *plain; /* values without an argument, by field */
    size_t fields;
    uint64_t round; /* of the event; what is of another round is unknown */
    struct memo_bucket {
        uint64_t round;
        struct memo_entry *first;
    } buckets[MEMO_BUCKETS]; /* values with an argument */
};

/* False: out of memory. */
bool memo_open(struct memo *memo, size_t fields);
void memo_close(struct memo *memo);

/* Forgets everything. Called with every new event, before its pool is reset. */
void memo_reset(struct memo *memo);

/* The value of `field` (any number) without an argument, or with the index `index`. NULL: it was not found
 * out yet, or failed, or there is none. */
const struct value *memo_known(const struct memo *memo, size_t field);
const struct value *memo_known_at(const struct memo *memo, size_t field, uint64_t index);

/* The value of `field`, below memo->fields; VALUE_UNKNOWN the first time. NULL: the pool is out of memory. */
struct value *memo_find(struct memo *memo, struct pool *pool, size_t field, const struct argument *argument);

#endif
