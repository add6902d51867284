#include "plugin/memo.h"

#include <stdlib.h>
#include <string.h>

/* Seats with arguments that are kept from event to event. */
#define KEPT_BYTES (256u * 1024u)

/* So often a seat that was filled ahead for nothing is answered before that is tried again. */
#define WAIT 64

bool memo_open(struct memo *memo, size_t fields)
{
    memset(memo, 0, sizeof(*memo));
    memo->plain = calloc(fields > 0 ? fields : 1, sizeof(*memo->plain));
    memo->fields = fields;
    memo->round = 1;
    memo->looks = 1;
    for (size_t i = 0; memo->plain != NULL && i < fields; i++) {
        memo->plain[i].field = (uint32_t)i;
    }
    return memo->plain != NULL;
}

void memo_restart(struct memo *memo)
{
    for (size_t i = 0; i < memo->fields; i++) {
        memo->plain[i].path = NULL;
    }
    for (size_t i = 0; i < MEMO_BUCKETS; i++) {
        for (struct memo_seat *seat = memo->buckets[i]; seat != NULL; seat = seat->next) {
            seat->path = NULL;
        }
    }
    for (size_t i = 0; i < MEMO_LISTS; i++) {
        for (struct memo_seat *seat = memo->lists[i]; seat != NULL; seat = seat->following) {
            seat->listed = false;
        }
        memo->lists[i] = NULL;
    }
}

/* Takes all seats with arguments away. */
static void clear(struct memo *memo)
{
    memo_restart(memo);
    for (size_t i = 0; i < MEMO_BUCKETS; i++) {
        while (memo->buckets[i] != NULL) {
            struct memo_seat *seat = memo->buckets[i];

            memo->buckets[i] = seat->next;
            free(seat);
        }
    }
    memo->bytes = 0;
}

void memo_close(struct memo *memo)
{
    if (memo->plain != NULL) {
        clear(memo);
    }
    free(memo->plain);
    free(memo->ahead);
    memset(memo, 0, sizeof(*memo));
}

void memo_reset(struct memo *memo)
{
    memo->round++;
    memo_end_look(memo);
    if (memo->bytes > KEPT_BYTES) {
        clear(memo);
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
    return (hash >> 48) % MEMO_BUCKETS;
}

static bool same_argument(const struct argument *a, const struct argument *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    return a->kind == ARGUMENT_INDEX ? a->index == b->index : strcmp(a->key, b->key) == 0;
}

/* A new seat for a question. NULL: out of memory. */
static struct memo_seat *add_seat(struct memo *memo, struct memo_seat **bucket, size_t field,
                                  const struct argument *argument)
{
    size_t length = argument->kind == ARGUMENT_KEY ? strlen(argument->key) + 1 : 0;
    struct memo_seat *seat = malloc(sizeof(*seat) + length);

    if (seat == NULL) {
        return NULL;
    }
    *seat = (struct memo_seat){.next = *bucket, .field = (uint32_t)field, .argument = *argument};
    if (length > 0) {
        seat->argument.key = memcpy(seat + 1, argument->key, length);
    }
    memo->bytes += sizeof(*seat) + length;
    *bucket = seat;
    return seat;
}

static struct memo_seat *find_seat(struct memo *memo, size_t field, const struct argument *argument)
{
    uint64_t hash = argument->kind == ARGUMENT_INDEX ? hash_index(field, argument->index)
                                                     : hash_key(field, argument->key);
    struct memo_seat **bucket = &memo->buckets[bucket_number(hash)];

    for (struct memo_seat *seat = *bucket; seat != NULL; seat = seat->next) {
        if (seat->field == field && same_argument(&seat->argument, argument)) {
            return seat;
        }
    }
    return add_seat(memo, bucket, field, argument);
}

/* The value that was found out ahead, if it was; the seat has a lane. */
static inline void take_ahead(const struct memo *memo, struct memo_seat *seat)
{
    uint32_t place = seat->lane + memo->position - 1;

    if (memo->position > 0) {
        seat->value = (struct value){
            .outcome = memo->ahead->outcomes[place], .count = 1, .cells = &memo->ahead->cells[place]};
        seat->taken++;
    }
}

static inline bool has_lane(const struct memo *memo, const struct memo_seat *seat)
{
    return seat->look == memo->looks;
}

/* Makes the seat one of this event; its value is unknown, but for what was found out ahead. */
static inline void renew(const struct memo *memo, struct memo_seat *seat)
{
    seat->round = memo->round;
    seat->value.outcome = VALUE_UNKNOWN;
    if (has_lane(memo, seat)) {
        take_ahead(memo, seat);
    }
}

/* Something new is asked of this event. */
static inline void note_question(struct memo *memo)
{
    if (memo->questions != memo->round) {
        memo->before = memo->questions;
        memo->questions = memo->round;
    }
}

struct memo_seat *memo_seat_at(const struct memo *memo, size_t field, uint64_t index)
{
    struct memo_seat *seat = memo->buckets[bucket_number(hash_index(field, index))];

    while (seat != NULL &&
           (seat->field != field || seat->argument.kind != ARGUMENT_INDEX || seat->argument.index != index)) {
        seat = seat->next;
    }
    return seat;
}

struct memo_seat *memo_find(struct memo *memo, size_t field, const struct argument *argument)
{
    return argument->kind == ARGUMENT_NONE ? &memo->plain[field] : find_seat(memo, field, argument);
}

void memo_ask(struct memo *memo, struct memo_seat *seat)
{
    note_question(memo);
    if (seat->round != memo->round) {
        renew(memo, seat);
    }
    seat->asked = memo->round;
}

void memo_list(struct memo *memo, enum memo_list list, struct memo_seat *seat)
{
    if (seat->listed) {
        return;
    }
    if (seat->wait > 0) {
        seat->wait--;
        return;
    }
    seat->following = memo->lists[list];
    seat->listed = true;
    memo->lists[list] = seat;
}

/* Had the seat a lane of which most was in vain? */
static bool was_in_vain(const struct memo *memo, const struct memo_seat *seat)
{
    return seat->look == memo->last_look && 2u * seat->taken < memo->position;
}

/* Takes the seat at `link` out of its list. */
static void take_out(struct memo_seat **link)
{
    (*link)->listed = false;
    *link = (*link)->following;
}

/* The same for a while; its lane is gone. */
static void put_to_rest(struct memo_seat **link)
{
    (*link)->wait = WAIT;
    (*link)->look = 0;
    take_out(link);
}

struct memo_seat *memo_foresee(const struct memo *memo, struct memo_seat ***link)
{
    while (**link != NULL) {
        struct memo_seat *seat = **link;

        if (seat->asked != memo->before && seat->asked != memo->round) {
            (was_in_vain(memo, seat) ? put_to_rest : take_out)(*link);
            continue;
        }
        *link = &seat->following;
        if (seat->round != memo->round && !has_lane(memo, seat)) {
            renew(memo, seat);
            return seat;
        }
    }
    return NULL;
}

void memo_rest(struct memo *memo, enum memo_list list)
{
    struct memo_seat **link = &memo->lists[list];

    while (*link != NULL) {
        if (was_in_vain(memo, *link)) {
            put_to_rest(link);
        } else {
            link = &(*link)->following;
        }
    }
}

void memo_drop(struct memo *memo, enum memo_list list)
{
    struct memo_seat **link = &memo->lists[list];

    while (*link != NULL) {
        struct memo_seat *seat = *link;

        if (seat->round != memo->round || seat->asked == memo->round) {
            link = &seat->following;
            continue;
        }
        seat->round = 0;
        put_to_rest(link);
    }
}

bool memo_look(struct memo *memo, uint32_t events)
{
    if (memo->ahead == NULL) {
        memo->ahead = malloc(sizeof(*memo->ahead));
    }
    memo_end_look(memo);
    memo->last_look = memo->looks;
    memo->width = events;
    memo->lanes = 0;
    memo->position = 0;
    return memo->ahead != NULL;
}

bool memo_add_lane(struct memo *memo, struct memo_seat *seat, struct memo_lane *lane)
{
    struct memo_ahead *ahead = memo->ahead;

    if (memo->lanes + memo->width > MEMO_AHEAD) {
        return false;
    }
    seat->look = memo->looks;
    seat->lane = memo->lanes;
    seat->taken = 0;
    *lane = (struct memo_lane){&ahead->cells[seat->lane], &ahead->outcomes[seat->lane]};
    memset(lane->outcomes, VALUE_UNKNOWN, memo->width);
    memo->lanes += memo->width;
    return true;
}
