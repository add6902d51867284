/*
 * asking: what the script's own functions say of the event that is shown.
 *
 * One call into Lua each, with the event object alive for as long as it lasts.
 */
#ifndef LURE_PLUGIN_ASKING_H
#define LURE_PLUGIN_ASKING_H

#include "plugin/extraction.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

struct plugin;

/* The arguments of a field's function, in their order. */
enum { ARGUMENT_VALUE, ARGUMENT_ARG, ARGUMENT_EVENT, ARGUMENT_FIELD, ARGUMENT_COUNT };

/* Takes the functions of all fields. Stack: [..., plugin table at `index`] unchanged */
void asking_open_lj(lua_State *L, struct plugin *plugin, int index);

/* Then, outside the protected call, puts them where they are pushed from. False: out of memory. */
bool asking_keep(struct plugin *plugin);

/* Pushes the event object, in a call of the state's vm. Stack: [] -> [event] */
void asking_push_event(lua_State *L);

/* What `decode` makes of the payload, once per event. */
enum decoded asking_decode(struct plugin *plugin);

/* Answers the script's field number `number` in `value`. */
void asking_field(struct plugin *plugin, size_t number, const struct argument *argument, struct value *value);

/* The same for a function that is pure (asked_field, lua/pure.h), tried for as long as that mostly succeeds,
 * and where nobody counts, for calls are timed. False: nothing is answered. */
bool asking_purely(struct plugin *plugin, size_t number, const struct argument *argument,
                   struct value *value);

/* Is the function of field number `number` to be carried out for events to come? Only where `decode` has no
 * part in it, and what the host adds to an event has none. */
bool asking_looks_ahead(const struct plugin *plugin, size_t number);

/* What a pure function gets for the argument. The text of a key is the argument's. */
void asking_argument(const struct argument *argument, struct pure_value *value);

/* Keeps the script's text of the event in plugin->shown. False: it has none; errors are logged. */
bool asking_text(struct plugin *plugin);

/* Shows the event to `parse`. False: it failed; plugin_error says why, and it is logged. */
bool asking_parse(struct plugin *plugin);

/* Makes the value a failed one; the text is kept in the pool. */
void asking_fail(struct plugin *plugin, struct value *value, const char *error);

#endif
