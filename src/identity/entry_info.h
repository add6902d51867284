/*
 * entry_info: the exported functions that hosts call before plugin_init (name, version, fields, ...), as far
 * as both plugin APIs have them.
 *
 * They answer from this thread's loading (loading.h). Texts are valid until the thread's next loading, and
 * never NULL unless stated. entry_NAME implements the exported plugin_NAME of both APIs; for each info_NAME
 * an API has an entry of its own.
 */
#ifndef LURE_IDENTITY_ENTRY_INFO_H
#define LURE_IDENTITY_ENTRY_INFO_H

#include <stdint.h>

/* The lowest API version that the script needs; or an error message, since hosts print a version that they
 * cannot parse. */
const char *entry_get_required_api_version(void);

const char *entry_get_name(void);
const char *entry_get_description(void);
const char *entry_get_contact(void);
const char *entry_get_version(void);

/* 0 and "": no event source. */
uint32_t entry_get_id(void);
const char *entry_get_event_source(void);

/* NULL: the script declares no configuration. */
const char *info_init_schema(void);

/* JSON lists. */
const char *entry_get_fields(void);
const char *entry_get_extract_event_sources(void);
const char *entry_get_parse_event_sources(void);
const char *entry_get_async_events(void);
const char *entry_get_async_event_sources(void);

/* Types of events; `*count` 0: those that hosts show by default. */
const uint16_t *info_extract_event_types(uint32_t *count);
const uint16_t *info_parse_event_types(uint32_t *count);

/* The event schema that a consumer of the kernel's events needs. */
const char *info_event_schema_version(void);

#endif
