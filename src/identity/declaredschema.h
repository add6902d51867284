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

/* Adds the mistakes in `config`, `params` and `init_schema` to the manifest's findings. */
void declaredschema_check(struct manifest *manifest);

/*
 * The schema that hosts see: made of `properties`, or of the whole `schema`; the keys `script`
 * and `lure` of init_config are always permitted, and what the host makes of an init_config as `written`
 * (NULL: none; hostconfig/initconfig.h). NULL: out of memory. The caller frees it.
 */
char *declaredschema_text(const cJSON *properties, const cJSON *schema, const cJSON *written);

#endif
