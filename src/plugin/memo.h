/*
 * memo: what was already found out about the event.
 *
 * Hosts ask for the same field again for every rule; the first answer stands until the
 * event changes. Each question (a field, and what stands in brackets behind it) has a seat
 * of its own, which stays from event to event, until those with brackets are more than
 * 256 KB: then they go with the event. Values are in the event's pool.
 *
 * Hosts also ask the same of every event. So the memo keeps two lists of seats that can be
 * filled ahead: who answers a question of them looks at what the last event was asked
 * (memo_foresee), and answers that too. And a seat may have a lane: its answers for events
 * that the host is about to show (lookahead.h). What was filled ahead is as if it were not
 * there until it is asked.
 *
 * Owner: the plugin state. Not thread safe.
 */
#ifndef LURE_PLUGIN_MEMO_H
#define LURE_PLUGIN_MEMO_H

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

/* Seats that can be filled ahead, by what it takes. */
enum memo_list { MEMO_PATHS, MEMO_FUNCTIONS, MEMO_LISTS };

struct scanned_path;

/* What is looked at first stands first; aligned, so that it has 128 bytes and is found by a shift. */
struct memo_seat {
    _Alignas(16) struct argument argument; /* its key is behind the seat */
    uint32_t field;
    uint32_t lane;  /* its first place in the look ahead; */
    uint64_t look;  /* that is of this number; 0: of none */
    uint64_t round; /* of the event that `value` is of */
    struct value value;
    uint64_t asked;              /* of the event that was last asked for it */
    struct memo_seat *next;      /* in its bucket */
    struct memo_seat *following; /* in its list */
    struct scanned_path *path;   /* of its field or argument (pathscan.h), for who answers it; or NULL */
    bool listed;                 /* it is in one */
    uint8_t wait;                /* how often it is answered before it is listed again */
    uint8_t taken;               /* answers of its lane that were asked for */
};

#define MEMO_BUCKETS 64

/* The most answers that are found out for events to come, and the most events. */
#define MEMO_AHEAD        512
#define MEMO_AHEAD_EVENTS 32

/* An answer for one of them: the cell, where it is present. */
union memo_cell {
    uint64_t number;
    uint32_t truth;
    const char *text;
};

struct memo_ahead {
    union memo_cell cells[MEMO_AHEAD];
    uint8_t outcomes[MEMO_AHEAD]; /* enum value_outcome; VALUE_UNKNOWN: it was not found out */
};

/* Answers of a seat, one for each event of the look ahead. */
struct memo_lane {
    union memo_cell *cells;
    uint8_t *outcomes;
};

struct memo {
    struct memo_seat *plain; /* without an argument, by field */
    size_t fields;
    uint64_t round;     /* of the event; what is of another round is unknown */
    uint64_t questions; /* the round of the last event that anything new was asked of */
    uint64_t before;    /* the same, of the one before that */

    struct memo_ahead *ahead; /* or NULL */
    uint64_t looks;           /* number of the look ahead that holds; what is of another is gone */
    uint64_t last_look;       /* of the one that began last, whether it holds or not: */
    uint32_t width;           /* events of it */
    uint32_t lanes;           /* how many of its answers have a place */
    uint32_t position;        /* the event of it that is shown, from 1; 0: none yet */

    size_t bytes;                            /* of the seats with an argument: */
    struct memo_seat *buckets[MEMO_BUCKETS]; /* by field and argument */
    struct memo_seat *lists[MEMO_LISTS];
};

/* False: out of memory. */
bool memo_open(struct memo *memo, size_t fields);
void memo_close(struct memo *memo);

/* Forgets all values. Called with every new event, before its pool is reset. */
void memo_reset(struct memo *memo);

/* Forgets what can be filled ahead, too: another script answers from now on. */
void memo_restart(struct memo *memo);

/* The seat of `field` (any number) without an argument, or with the index `index`. NULL: there is none. */
static inline struct memo_seat *memo_seat(const struct memo *memo, size_t field)
{
    return field < memo->fields ? &memo->plain[field] : NULL;
}

struct memo_seat *memo_seat_at(const struct memo *memo, size_t field, uint64_t index);

/* The value of a seat, which is asked for. NULL: it was not found out yet, or failed. */
static inline const struct value *memo_known(const struct memo *memo, struct memo_seat *seat)
{
    if (seat->round != memo->round ||
        (seat->value.outcome != VALUE_PRESENT && seat->value.outcome != VALUE_ABSENT)) {
        return NULL;
    }
    seat->asked = memo->round;
    return &seat->value;
}

/* The seat is asked for: its value is of this event, VALUE_UNKNOWN the first time. Valid until it changes. */
void memo_ask(struct memo *memo, struct memo_seat *seat);

/* The seat of `field`, below memo->fields, new or not. NULL: out of memory. */
struct memo_seat *memo_find(struct memo *memo, size_t field, const struct argument *argument);

/* The seat was filled in a way that can be done ahead. */
void memo_list(struct memo *memo, enum memo_list list, struct memo_seat *seat);

/* The next seat of a list that is to be filled ahead, from `*link` on, which begins as the list; NULL: no
 * more. Those that have a lane are left out. Those that the last event was not asked for leave the list: for
 * a while, and with their lane, if most of that was in vain. */
struct memo_seat *memo_foresee(const struct memo *memo, struct memo_seat ***link);

/* Seats of a list leave it for a while if they had a lane, and most of it was in vain. */
void memo_rest(struct memo *memo, enum memo_list list);

/* Empties the seats of a list that were filled ahead, and not asked for since; they leave it for a while. */
void memo_drop(struct memo *memo, enum memo_list list);

/* Begins a look ahead over so many events, at most MEMO_AHEAD_EVENTS; what an earlier one found out is gone.
 * False: out of memory. */
bool memo_look(struct memo *memo, uint32_t events);

/* Gives the seat a lane in it, with nothing found out. False: there is no room. */
bool memo_add_lane(struct memo *memo, struct memo_seat *seat, struct memo_lane *lane);

/* The next event of it is the current one; the values of the one before are forgotten, as by memo_reset. */
static inline void memo_move_on(struct memo *memo)
{
    memo->round++;
    memo->position++;
}

/* It is of no use any more. */
static inline void memo_end_look(struct memo *memo)
{
    memo->looks++;
}

#endif
