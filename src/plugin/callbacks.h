/*
 * callbacks: calls the script's functions for the current event: decode, extract, to_string, parse.
 *
 * Each is one protected call; the event object is valid while it lasts. Functions and constant arguments lie
 * at the bottom of the vm's stack, so a call copies them from there. Callers hold the plugin state's lock.
 */
#ifndef LURE_PLUGIN_CALLBACKS_H
#define LURE_PLUGIN_CALLBACKS_H

#include "plugin/extraction.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

struct plugin;

/* The arguments of a field's function, in their order. */
enum { ARGUMENT_VALUE, ARGUMENT_ARG, ARGUMENT_EVENT, ARGUMENT_FIELD, ARGUMENT_COUNT };

/* The values at the bottom of the vm's stack, from extraction.kept on; behind them for each field its
 * function and the arguments that are the same for every event, enum kept_call. The payload is there once it
 * was made a string. */
enum kept {
    KEPT_OBJECT,
    KEPT_NIL,
    KEPT_PAYLOAD,
    KEPT_DECODED,
    KEPT_FOUND,
    KEPT_DECODE,
    KEPT_TO_STRING,
    KEPT_PARSE,
    KEPT_FIELDS
};

enum kept_call { CALL_FUNCTION, CALL_ARGUMENTS, CALL_SIZE = CALL_ARGUMENTS + ARGUMENT_COUNT };

/* The index among them of the function of the script's field number `field`, and of its arguments. */
static inline int callbacks_function(size_t field)
{
    return KEPT_FIELDS + CALL_SIZE * (int)field;
}

static inline int callbacks_argument(size_t field, int argument)
{
    return callbacks_function(field) + CALL_ARGUMENTS + argument;
}

/* Collects the functions of all fields. Stack: [..., plugin table at `index`] unchanged */
void callbacks_open_lj(lua_State *L, struct plugin *plugin, int index);

/* Then, outside the protected call, moves them to the bottom of the stack. False: out of memory. */
bool callbacks_keep(struct plugin *plugin);

/* Pushes the event object, in a call of the state's vm. Stack: [] -> [event] */
void callbacks_push_event(lua_State *L);

/* Decodes the payload, once per event: evaluates or calls `decode`. */
enum decoded callbacks_decode(struct plugin *plugin);

/* The current event with its payload as JSON (payloadjson.h). NULL: out of memory, or stopped. */
const struct event *callbacks_json(struct plugin *plugin);

/* Makes it a value that failed because memory is out, or because the event's JSON, or its scans, took too
 * long.
 */
void callbacks_path_failed(struct plugin *plugin, size_t number, struct value *value);

/* Makes it a value that failed because memory is out. */
void callbacks_no_memory(struct plugin *plugin, size_t number, struct value *value);

/* Calls the function of the script's field number `number`, and fills `value`. */
void callbacks_field(struct plugin *plugin, size_t number, const struct argument *argument,
                     struct value *value);

/* The same for a function that gets what a path has found: `found`, cells of json_value_type. */
void callbacks_found(struct plugin *plugin, size_t number, const struct argument *argument,
                     const struct value *found, struct value *value);

/* Calls `to_string`, and keeps its text in plugin->shown. False: there is none; errors are logged. */
bool callbacks_text(struct plugin *plugin);

/* Calls `parse`. False: it failed; plugin_error says why, and it is logged. */
bool callbacks_parse(struct plugin *plugin);

/* Makes the value a failed one; the text is kept in the pool. */
void callbacks_fail(struct plugin *plugin, struct value *value, const char *error);

#endif
