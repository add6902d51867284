/*
 * fieldpaths: evaluates paths of the current event: those of fields, and the script's `when`.
 *
 * All are found in one scan of the payload (pathscan.h), as JSON (payloadjson.h).
 *
 * Owner: the plugin state. Not thread safe: callers hold the state's lock.
 */
#ifndef LURE_PLUGIN_FIELDPATHS_H
#define LURE_PLUGIN_FIELDPATHS_H

#include "event/value.h"
#include "lua/integertext.h"
#include "plugin/fieldcache.h"
#include "plugin/pathscan.h"

#include <stdbool.h>
#include <stddef.h>

struct plugin;

/* The current event with its payload as JSON. NULL: out of memory, or stopped. */
const struct event *fieldpaths_json(struct plugin *plugin);

/* The argument as the path of a field gets it. NULL: there is none. */
const char *fieldpaths_argument(const struct argument *argument, char digits[INTEGER_TEXT]);

/* The path of a field, or that of its argument. NULL: it has none, or none that is kept. */
struct scanned_path *fieldpaths_of(struct plugin *plugin, size_t number, const struct argument *argument);

/* Evaluates a field's path on the payload's text, without Lua. `path`: from fieldpaths_of. */
void fieldpaths_evaluate(struct plugin *plugin, size_t number, const struct argument *argument,
                         struct scanned_path *path, struct value *value);

/* Is the event one that the script's `when` does not let through? Then `value` is set: absent, or failed
 * where memory is out. Only for scripts that have `when`. */
bool fieldpaths_is_other(struct plugin *plugin, struct value *value);

#endif
