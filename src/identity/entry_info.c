#include "identity/entry_info.h"

#include "base/text.h"
#include "identity/loading.h"

#include <stddef.h>

/* The event schema of our event table, which a script needs that consumes kernel events and requires no
 * other. */
#define EVENT_SCHEMA_VERSION "4.0.0"

/* The manifest of the loading, or NULL where the script has a problem. */
static const struct manifest *declared(void)
{
    const struct identity *identity = loading_identity();

    return identity != NULL ? identity->manifest : NULL;
}

const char *entry_get_required_api_version(void)
{
    const struct identity *identity = loading_identity();

    if (identity == NULL) {
        return TEXT_NO_MEMORY;
    }
    if (identity->manifest != NULL) {
        return identity->texts[IDENTITY_API_VERSION];
    }
    return identity->problem != NULL ? identity->problem : TEXT_NO_MEMORY;
}

const char *entry_get_name(void)
{
    return declared() != NULL ? declared()->name : "lure";
}

const char *entry_get_description(void)
{
    return declared() != NULL ? declared()->description : "";
}

const char *entry_get_contact(void)
{
    return declared() != NULL ? declared()->contact : "";
}

const char *entry_get_version(void)
{
    return declared() != NULL ? declared()->version : "0.0.0";
}

uint32_t entry_get_id(void)
{
    return declared() != NULL ? declared()->id : 0;
}

const char *entry_get_event_source(void)
{
    return declared() != NULL && declared()->event_source != NULL ? declared()->event_source : "";
}

/* A text of this thread's loading, or `otherwise` if it has none. */
static const char *text_of(enum identity_text text, const char *otherwise)
{
    const struct identity *identity = loading_identity();

    return identity != NULL && identity->texts[text] != NULL ? identity->texts[text] : otherwise;
}

const char *info_init_schema(void)
{
    return text_of(IDENTITY_INIT_SCHEMA, NULL);
}

const char *entry_get_fields(void)
{
    return text_of(IDENTITY_FIELDS, "[]");
}

const char *entry_get_extract_event_sources(void)
{
    return text_of(IDENTITY_EXTRACT_SOURCES, "[]");
}

const char *entry_get_parse_event_sources(void)
{
    return text_of(IDENTITY_PARSE_SOURCES, "[]");
}

const char *entry_get_async_events(void)
{
    return text_of(IDENTITY_ASYNC_EVENTS, "[]");
}

const char *entry_get_async_event_sources(void)
{
    return text_of(IDENTITY_ASYNC_SOURCES, "[]");
}

/* The types of a filter; NULL: none, or the host has no place for their number. */
static const uint16_t *types_of(const struct filter *filter, uint32_t *count)
{
    if (count == NULL) {
        return NULL;
    }
    *count = filter != NULL ? filter->count : 0;
    return filter != NULL ? filter->types : NULL;
}

const uint16_t *info_extract_event_types(uint32_t *count)
{
    return types_of(declared() != NULL ? &declared()->extract : NULL, count);
}

const uint16_t *info_parse_event_types(uint32_t *count)
{
    return types_of(declared() != NULL ? &declared()->parse : NULL, count);
}

const char *info_event_schema_version(void)
{
    const struct manifest *manifest = declared();

    return manifest != NULL && manifest->required_event_schema_version != NULL
               ? manifest->required_event_schema_version
               : EVENT_SCHEMA_VERSION;
}
