/*
 * fieldeval: `decode` and the functions of fields by direct evaluation (lua/eval.h), without a call.
 *
 * A function is tried for as long as that mostly succeeds, and not where calls are timed. It sees what a call
 * would: what `decode` made of the event, what stands in brackets, the event, the field's name.
 */
#ifndef LURE_PLUGIN_FIELDEVAL_H
#define LURE_PLUGIN_FIELDEVAL_H

#include "base/pool.h"
#include "event/event.h"
#include "event/value.h"
#include "lua/eval.h"
#include "plugin/fieldcache.h"

#include <stdbool.h>
#include <stddef.h>

struct plugin;

/* A function of the script. All zero: it has to be called. */
struct fieldeval_function {
    const struct LClosure *function; /* NULL: it has to be called */
    int parameters;
    int passes;              /* the parameter that it returns as it is, or EVAL_ARGUMENTS */
    bool prefetches;         /* it is short enough for events to come */
    struct eval_tries tries; /* for the current event, */
    struct eval_tries ahead; /* for events to come */
};

/* A field's function while it is asked of one event after the other. */
struct fieldeval_call {
    const struct plugin *plugin;
    const struct fieldeval_function *function;
    struct eval_record record;
    struct eval_value arguments[EVAL_ARGUMENTS];
};

/* Looks at the functions of `decode` and of all fields, once they are kept (callbacks_keep). */
void fieldeval_open(struct plugin *plugin);

/* What functions get first where there is no `decode`: the payload, or nil. */
static inline void fieldeval_payload(const struct event *event, struct eval_value *value)
{
    value->kind = EVAL_NIL;
    if (event->has_payload) {
        value->kind = EVAL_TEXT;
        value->text = (struct eval_text){event->data, event->size};
    }
}

/* What functions get first: the payload, or what `decode` makes of it. False: it has to be called.
 * Else the value is valid for as long as the event and `pool` are. `ahead`: the event is one to come. */
bool fieldeval_value(const struct plugin *plugin, const struct event *event, bool ahead, struct pool *pool,
                     struct eval_value *value);

/* Answers `decode` for the current event: extraction.decoded and extraction.value. False: it has to be
 * called. */
bool fieldeval_decode(struct plugin *plugin);

/* Is field number `number` to be answered for the current event? */
bool fieldeval_tries(const struct plugin *plugin, size_t number);

/* Answers it, once `decode` has given a value. False: nothing is answered. */
bool fieldeval_field(struct plugin *plugin, size_t number, const struct argument *argument,
                     struct value *value);

/* Is field number `number` to be answered for events to come? Not where `decode` has to be called. */
bool fieldeval_prefetches(const struct plugin *plugin, size_t number);

/* For events to come: the argument must stay until all are asked. */
void fieldeval_begin(const struct plugin *plugin, size_t number, const struct argument *argument, bool ahead,
                     struct fieldeval_call *call);

/* The function's answer; `value`: as fieldeval_value says. False: it has to be called. */
bool fieldeval_ask(struct fieldeval_call *call, const struct event *event, const struct eval_value *value,
                   struct eval_value *result);

#endif
