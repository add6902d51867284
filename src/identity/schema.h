/*
 * schema: JSON Schemas of the configuration and of the open parameters.
 *
 * A script declares properties (`config`, `params`), with `required` and `secret` inside
 * them, or gives a whole schema (`init_schema`). Checked are type, properties, required,
 * enum, minimum, maximum and items, and defaults are filled in; other keywords pass.
 * Messages name the key and the type, never the value: it may be a secret.
 */
#ifndef LURE_IDENTITY_SCHEMA_H
#define LURE_IDENTITY_SCHEMA_H

#include "script/findings.h"

#include <cJSON.h>
#include <stdbool.h>

/* Looks for mistakes in the properties that a script declares under `key` ("config", "params"). */
void schema_check_properties(const cJSON *properties, const char *key, struct findings *findings);

/*
 * The schema that hosts see: made of `properties`, or of the whole `schema`; the keys `script`
 * and `lure` of init_config are always permitted. NULL: out of memory. The caller frees it.
 */
char *schema_for_host(const cJSON *properties, const cJSON *schema);

/*
 * Checks `object`, called `what` in messages, against `properties` and fills in defaults. A key
 * that is not declared is an error. False: `*problem` is a text that the caller frees (NULL: out
 * of memory).
 */
bool schema_check_declared(cJSON *object, const cJSON *properties, const char *what, char **problem);

/* The same against a whole schema. */
bool schema_check_whole(cJSON *object, const cJSON *schema, const char *what, char **problem);

#endif
