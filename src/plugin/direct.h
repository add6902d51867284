/*
 * direct: `decode` and the functions of fields by direct evaluation (lua/pure.h), without a call.
 *
 * A function is tried for as long as that mostly succeeds, and not where calls are timed. It sees what a call
 * would: what `decode` made of the event, what stands in brackets, the event, the field's name.
 */
#ifndef LURE_PLUGIN_DIRECT_H
#define LURE_PLUGIN_DIRECT_H

#include "base/pool.h"
#include "event/event.h"
#include "event/value.h"
#include "lua/pure.h"
#include "plugin/memo.h"

#include <stdbool.h>
#include <stddef.h>

struct plugin;

/* A function of the script. All zero: it has to be called. */
struct direct_function {
    const struct LClosure *function; /* NULL: it has to be called */
    int parameters;
    int passes;              /* the parameter that it returns as it is, or PURE_ARGUMENTS */
    bool prefetches;         /* it is short enough for events to come */
    struct pure_tries tries; /* for the current event, */
    struct pure_tries ahead; /* for events to come */
};

/* A field's function while it is asked of one event after the other. */
struct direct_call {
    const struct plugin *plugin;
    const struct direct_function *function;
    struct pure_record record;
    struct pure_value arguments[PURE_ARGUMENTS];
};

/* Looks at the functions of `decode` and of all fields, once they are kept (asking_keep). */
void direct_open(struct plugin *plugin);

/* What functions get first where there is no `decode`: the payload, or nil. */
static inline void direct_payload(const struct event *event, struct pure_value *value)
{
    value->kind = PURE_NIL;
    if (event->has_payload) {
        value->kind = PURE_TEXT;
        value->text = (struct pure_text){event->data, event->size};
    }
}

/* What functions get first: the payload, or what `decode` makes of it. False: it has to be called.
 * Else the value is valid for as long as the event and `pool` are. `ahead`: the event is one to come. */
bool direct_value(const struct plugin *plugin, const struct event *event, bool ahead, struct pool *pool,
                  struct pure_value *value);

/* Answers `decode` for the current event: extraction.decoded and extraction.value. False: it has to be
 * called. */
bool direct_decode(struct plugin *plugin);

/* Is field number `number` to be answered for the current event? */
bool direct_tries(const struct plugin *plugin, size_t number);

/* Answers it, once `decode` has given a value. False: nothing is answered. */
bool direct_field(struct plugin *plugin, size_t number, const struct argument *argument, struct value *value);

/* Is field number `number` to be answered for events to come? Not where `decode` has to be called. */
bool direct_prefetches(const struct plugin *plugin, size_t number);

/* For events to come: the argument must stay until all are asked. */
void direct_begin(const struct plugin *plugin, size_t number, const struct argument *argument, bool ahead,
                  struct direct_call *call);

/* The function's answer; `value`: as direct_value says. False: it has to be called. */
bool direct_ask(struct direct_call *call, const struct event *event, const struct pure_value *value,
                struct pure_value *result);

#endif
