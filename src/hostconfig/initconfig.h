/*
 * initconfig: an init_config that stands as a map in YAML, and what a host makes of it.
 *
 * Falco and sysdig turn the map into JSON: a text that looks like a number or a boolean becomes that, in
 * quotes or not ("0123" is octal: 83), an integer beyond 32 bits a double, and an empty map or list null.
 * What was meant is seen here, where the map is read as it is written: where the script's schema wants a
 * string, or nothing is declared and the text is in quotes, the script gets the text.
 *
 * As written a map is a tree of cJSON (yamltree.h): a quoted text a cJSON_String, a plain one a cJSON_Raw.
 */
#ifndef LURE_HOSTCONFIG_INITCONFIG_H
#define LURE_HOSTCONFIG_INITCONFIG_H

#include <cJSON.h>
#include <stdbool.h>

/* True if yaml-cpp reads the text as a truth value, which is then in `*value`. */
bool init_config_is_bool(const char *text, bool *value);

/* What a host hands over for it. The caller deletes it. NULL: out of memory. */
cJSON *init_config_converted(const cJSON *written);

/*
 * Permits in `schema`, a JSON Schema that the host checks before the plugin sees anything, what the host
 * makes of values that are as the schema wants them when they are read as written. NULL of either: nothing is
 * done.
 */
void init_config_permit(cJSON *schema, const cJSON *written);

/*
 * Puts back, in what the host has handed over, what is written, where the schema wants that. A value that is
 * not what the host makes of the written one stays. NULL of `written` or `schema`: nothing is written, or
 * declared. False: out of memory.
 */
bool init_config_restore(cJSON *config, const cJSON *written, const cJSON *schema);

#endif
