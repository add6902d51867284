/*
 * declaredschema: checks what a script declares about its configuration and open parameters, and prints the
 * JSON Schema of it that hosts see.
 *
 * A property in `config` and `params` is a JSON Schema that may also have `required` and `secret` (true or
 * false); `init_schema` is a complete schema. Hosts parse schemas strictly, so what they would reject is a
 * finding (an error with its line in the script) here.
 */
#ifndef LURE_IDENTITY_DECLAREDSCHEMA_H
#define LURE_IDENTITY_DECLAREDSCHEMA_H

#include "script/manifest.h"

#include <cJSON.h>

/* Adds the errors in `config`, `params` and `init_schema` to the manifest's findings. */
void declaredschema_check(struct manifest *manifest);

/* The schema for hosts: made from `properties`, or from the complete `schema`. It always permits the keys
 * `script` and `lure` of init_config, and the host's conversion of an init_config as `written` (NULL: none;
 * hostconfig/initconfig.h). NULL: out of memory. The caller frees it. */
char *declaredschema_text(const cJSON *properties, const cJSON *schema, const cJSON *written);

#endif
