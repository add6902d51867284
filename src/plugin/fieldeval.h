/*
 * fieldeval: direct evaluation (lua/eval.h) of `decode` and of fields' functions, without entering Lua's VM.
 *
 * It is tried for functions without side effects, as long as it mostly succeeds, and not where calls are
 * timed. A function gets the arguments that a call would have: the decoded value, or what the field's path
 * has found, the field's argument, the event, the field's name. Where the evaluation is abandoned,
 * callbacks.h calls the function.
 *
 * Owner: the plugin state. Not thread safe: callers hold the state's lock.
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

struct field_states;
struct plugin;

/* A function of the script. All zero: it must be called. */
struct fieldeval_function {
    struct eval_function *function; /* NULL: it must be called */
    int parameters;
    struct eval_pass passes;
    bool prefetches;                      /* it is short enough for a prefetch */
    struct eval_history history;          /* for the current event, */
    struct eval_history prefetch_history; /* for events to come */
};

/* The evaluation of a field's function for one event after the other. */
struct fieldeval_call {
    const struct plugin *plugin;
    const struct fieldeval_function *function;
    struct eval_record record;
    struct eval_value arguments[EVAL_ARGUMENTS];
};

/* Finds out which functions, of `decode`, `next` and all fields, can be evaluated. After keptcallbacks_keep.
 */
void fieldeval_open(struct plugin *plugin);

void fieldeval_close(struct field_states *fields);

/* The decoded value where the script has no `decode`: the payload, or nil. */
static inline void fieldeval_payload(const struct event *event, struct eval_value *value)
{
    value->kind = EVAL_NIL;
    if (event->has_payload) {
        value->kind = EVAL_TEXT;
        value->text = (struct eval_text){event->data, event->size};
    }
}

/* The decoded value where the script has a format, and no `decode`: the document of the event's payload,
 * which is JSON (payloadjson.h); nil if it is none. False: it is too long for direct evaluation. */
bool fieldeval_document(const struct plugin *plugin, const struct event *json, struct eval_value *value);

/* The decoded value: the payload, its document, or the result of `decode`. False: `decode` must be called.
 * Else the value is valid for as long as the event and `pool` are. `is_prefetch`: for a prefetch. */
bool fieldeval_value(const struct plugin *plugin, const struct event *event, bool is_prefetch,
                     struct pool *pool, struct eval_value *value);

/* Evaluates `decode` for the current event, to extraction.decoded and extraction.value. False: it must be
 * called. */
bool fieldeval_decode(struct plugin *plugin);

/* Is field number `number` to be evaluated for the current event? */
bool fieldeval_tries(const struct plugin *plugin, size_t number);

/* Evaluates it, once the event is decoded. False: its function must be called. */
bool fieldeval_field(struct plugin *plugin, size_t number, const struct argument *argument,
                     struct value *value);

/* The same of functions that get what their field's path has found, `found`. */
bool fieldeval_tries_found(const struct plugin *plugin, size_t number);
bool fieldeval_found(struct plugin *plugin, size_t number, const struct argument *argument,
                     const struct eval_value *found, struct value *value);

/* Is field number `number` to be evaluated for a prefetch? Not where `decode` must be called. */
bool fieldeval_prefetches(const struct plugin *plugin, size_t number);

/* Begins an evaluation; the argument must be valid until its end. `is_prefetch`: for a prefetch. */
void fieldeval_begin(const struct plugin *plugin, size_t number, const struct argument *argument,
                     bool is_prefetch, struct fieldeval_call *call);

/* The function's result; `value`: from fieldeval_value. False: it must be called. */
bool fieldeval_result(struct fieldeval_call *call, const struct event *event, const struct eval_value *value,
                      struct eval_value *result);

#endif
