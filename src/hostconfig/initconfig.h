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

/* Converts the written map as a host does. The caller deletes it. NULL: out of memory. */
cJSON *init_config_converted(const cJSON *written);

/* Extends `schema`, a JSON Schema by which the host checks the converted configuration before the plugin gets
 * it, so that it accepts the converted forms of values that are valid as written. Does nothing if either is
 * NULL. */
void init_config_permit(cJSON *schema, const cJSON *written);

/* Restores in `config`, which the host has converted, the written values where the schema wants them. A value
 * that is not the conversion of the written one stays. `written` and `schema` may be NULL. False: out of
 * memory. */
bool init_config_restore(cJSON *config, const cJSON *written, const cJSON *schema);

#endif
