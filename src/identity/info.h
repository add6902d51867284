/*
 * info: what hosts ask before init, as both plugin APIs have it.
 *
 * Answered from this thread's loading. Texts are valid until the thread's next loading,
 * and never NULL but where said.
 */
#ifndef LURE_IDENTITY_INFO_H
#define LURE_IDENTITY_INFO_H

#include <stdint.h>

/* The version that the script needs, or the text of what is wrong with it: hosts print a version that they
 * cannot read. */
const char *info_required_api_version(void);

const char *info_name(void);
const char *info_description(void);
const char *info_contact(void);
const char *info_version(void);

/* 0 and "": no event source. */
uint32_t info_id(void);
const char *info_event_source(void);

/* NULL: the script declares no configuration. */
const char *info_init_schema(void);

/* JSON lists. */
const char *info_fields(void);
const char *info_extract_event_sources(void);
const char *info_parse_event_sources(void);
const char *info_async_events(void);
const char *info_async_event_sources(void);

/* Types of events; `*count` 0: those that hosts show by default. */
const uint16_t *info_extract_event_types(uint32_t *count);
const uint16_t *info_parse_event_types(uint32_t *count);

/* The event schema that a consumer of the kernel's events needs. */
const char *info_event_schema_version(void);

#endif
