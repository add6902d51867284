/*
 * callbacks: what the script's own functions say of the event that is shown.
 *
 * One call into Lua each, with the event object alive for as long as it lasts.
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

/* What is kept on the vm's stack from extraction.kept on; behind it for each field what its function is
 * called with: the function itself, and what is an argument of every event's call, enum kept_call. The
 * payload is kept once somebody wants it as a string. */
enum kept {
    KEPT_OBJECT,
    KEPT_NIL,
    KEPT_PAYLOAD,
    KEPT_DECODED,
    KEPT_DECODE,
    KEPT_TO_STRING,
    KEPT_PARSE,
    KEPT_FIELDS
};

enum kept_call { CALL_FUNCTION, CALL_ARGUMENTS, CALL_SIZE = CALL_ARGUMENTS + ARGUMENT_COUNT };

/* Which of them is the function of the script's field number `field`, and an argument of it. */
static inline int callbacks_function(size_t field)
{
    return KEPT_FIELDS + CALL_SIZE * (int)field;
}

static inline int callbacks_argument(size_t field, int argument)
{
    return callbacks_function(field) + CALL_ARGUMENTS + argument;
}

/* Takes the functions of all fields. Stack: [..., plugin table at `index`] unchanged */
void callbacks_open_lj(lua_State *L, struct plugin *plugin, int index);

/* Then, outside the protected call, puts them where they are pushed from. False: out of memory. */
bool callbacks_keep(struct plugin *plugin);

/* Pushes the event object, in a call of the state's vm. Stack: [] -> [event] */
void callbacks_push_event(lua_State *L);

/* What `decode` makes of the payload, once per event. */
enum decoded callbacks_decode(struct plugin *plugin);

/* Answers the script's field number `number` in `value`. */
void callbacks_field(struct plugin *plugin, size_t number, const struct argument *argument,
                     struct value *value);

/* Keeps the script's text of the event in plugin->shown. False: it has none; errors are logged. */
bool callbacks_text(struct plugin *plugin);

/* Shows the event to `parse`. False: it failed; plugin_error says why, and it is logged. */
bool callbacks_parse(struct plugin *plugin);

/* Makes the value a failed one; the text is kept in the pool. */
void callbacks_fail(struct plugin *plugin, struct value *value, const char *error);

#endif
