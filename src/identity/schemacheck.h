/*
 * schemacheck: validates the configuration and the open parameters against their JSON Schemas.
 *
 * A script declares properties (`config`, `params`), with `required` and `secret` inside of them, or gives a
 * complete schema (`init_schema`). Supported are type, properties, required, enum, minimum, maximum, items,
 * and the lengths of texts and lists, and defaults are filled in; other keywords are ignored. Messages name
 * the key and the type but never the value, which may be a secret.
 */
#ifndef LURE_IDENTITY_SCHEMACHECK_H
#define LURE_IDENTITY_SCHEMACHECK_H

#include <cJSON.h>
#include <stdbool.h>

/*
 * Checks `object`, called `what` in messages, against `properties` and fills in defaults. A key
 * that is not declared is an error. False: `*problem` is a text that the caller frees (NULL: out
 * of memory).
 */
bool schema_check_declared(cJSON *object, const cJSON *properties, const char *what, char **problem);

/* Checks any value against a schema, and fills in defaults. False: as above. */
bool schema_check_value(cJSON *value, const cJSON *schema, const char *what, char **problem);

/* True if JSON Schema has a type of this name. */
bool schema_has_type(const char *name);

/* As schema_check_declared, against a whole schema. */
bool schema_check_whole(cJSON *object, const cJSON *schema, const char *what, char **problem);

#endif
