/*
 * declaredjson: prints what a script declares (fields, event sources, ...) as the JSON texts that hosts
 * read.
 *
 * Every function returns a text that the caller frees; NULL: out of memory.
 */
#ifndef LURE_IDENTITY_DECLAREDJSON_H
#define LURE_IDENTITY_DECLAREDJSON_H

#include "script/manifest.h"

/* For get_fields, in the form of the manifest's plugin API. */
char *declared_fields(const struct manifest *manifest);

/* For get_extract_event_sources, get_parse_event_sources, get_async_event_sources. */
char *declared_extract_event_sources(const struct manifest *manifest);
char *declared_parse_event_sources(const struct manifest *manifest);
char *declared_async_event_sources(const struct manifest *manifest);

/* For get_async_events: the names; only where the script has some. */
char *declared_async_events(const struct manifest *manifest);

/* For get_required_api_version: the lowest that has all that the script needs. */
char *declared_api_version(const struct manifest *manifest);

#endif
