/*
 * declaredschema: what a script declares of its configuration and open parameters: mistakes in
 * it, and the JSON Schema that hosts see.
 *
 * In `config` and `params` a property is a JSON Schema with `required` and `secret` (true or
 * false) in it; `init_schema` is a whole one. Hosts read theirs with a strict reader, so that
 * what it would refuse is a finding here, with its place.
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
