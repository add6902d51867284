#include "identity/info.h"

#include "identity/loading.h"
#include "script/text.h"

#include <stddef.h>

/* The manifest of the loading, or NULL where the script has a problem. */
static const struct manifest *declared(void)
{
    const struct identity *identity = loading_identity();

    return identity != NULL ? identity->manifest : NULL;
}

const char *info_required_api_version(void)
{
    const struct identity *identity = loading_identity();

    if (identity == NULL) {
        return TEXT_NO_MEMORY;
    }
    return identity->manifest != NULL ? identity->api_version
                                      : (identity->problem != NULL ? identity->problem : TEXT_NO_MEMORY);
}

const char *info_name(void)
{
    return declared() != NULL ? declared()->name : "lure";
}

const char *info_description(void)
{
    return declared() != NULL ? declared()->description : "";
}

const char *info_contact(void)
{
    return declared() != NULL ? declared()->contact : "";
}

const char *info_version(void)
{
    return declared() != NULL ? declared()->version : "0.0.0";
}

uint32_t info_id(void)
{
    return declared() != NULL ? declared()->id : 0;
}

const char *info_event_source(void)
{
    return declared() != NULL && declared()->event_source != NULL ? declared()->event_source : "";
}

const char *info_init_schema(void)
{
    const struct identity *identity = loading_identity();

    return identity != NULL ? identity->init_schema : NULL;
}

const char *info_fields(void)
{
    const struct identity *identity = loading_identity();

    return identity != NULL && identity->fields != NULL ? identity->fields : "[]";
}

const char *info_extract_event_sources(void)
{
    const struct identity *identity = loading_identity();

    return identity != NULL && identity->extract_event_sources != NULL ? identity->extract_event_sources
                                                                       : "[]";
}
