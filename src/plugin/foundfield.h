/*
 * foundfield: extracts fields that have both a path and a function, which gets what the path finds.
 *
 * The path is evaluated as that of any field (fieldpaths.h). Where it finds nothing, the field has no value.
 * Else the function is evaluated (fieldeval.h), or called (callbacks.h), with what was found.
 *
 * Owner: the plugin state. Not thread safe: callers hold the state's lock.
 */
#ifndef LURE_PLUGIN_FOUNDFIELD_H
#define LURE_PLUGIN_FOUNDFIELD_H

#include "event/value.h"
#include "plugin/fieldcache.h"

#include <stddef.h>

struct plugin;

/* Extracts the script's field number `number` from the current event. Errors are logged. */
void foundfield_extract(struct plugin *plugin, size_t number, const struct argument *argument,
                        struct value *value);

#endif
