/*
 * initconfig: undoes how a host converts an init_config that is written as a map in YAML.
 *
 * Falco and sysdig convert the map to JSON: a text that looks like a number or a boolean becomes one, quoted
 * or not ("0123" is octal: 83), an integer beyond 32 bits a double, and an empty map or list null. lure
 * reads the map itself, too, and restores the text where the script's schema wants a string, or where
 * nothing is declared and the text is quoted.
 *
 * The written map is a cJSON tree (yamltree.h): a quoted text is a cJSON_String, a plain one a cJSON_Raw.
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
