/*
 * callbacks: calls the script's functions for the current event: decode, extract, to_string, parse.
 *
 * Each is one protected call; the event object is valid while it lasts. Functions and constant arguments come
 * from keptcallbacks. Callers hold the plugin state's lock.
 */
#ifndef LURE_PLUGIN_CALLBACKS_H
#define LURE_PLUGIN_CALLBACKS_H

#include "plugin/extraction.h"
#include "plugin/keptcallbacks.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

struct plugin;

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
