/*
 * A well-behaved extractor of API 0.3.0, for the events of the source "counter" only.
 */
#include "v0/abi.h"

#include <stddef.h>

const char *plugin_get_required_api_version(void)
{
    return "0.2.0";
}

uint32_t plugin_get_type(void)
{
    return TYPE_EXTRACTOR_PLUGIN;
}

const char *plugin_get_name(void)
{
    return "size";
}

const char *plugin_get_description(void)
{
    return "How long a payload is";
}

const char *plugin_get_contact(void)
{
    return "specs of lure.host";
}

const char *plugin_get_version(void)
{
    return "0.1.0";
}

const char *plugin_get_extract_event_sources(void)
{
    return "[\"counter\"]";
}

const char *plugin_get_fields(void)
{
    return "[{\"type\":\"uint64\",\"name\":\"size.bytes\",\"desc\":\"Length\"}]";
}

ss_plugin_t *plugin_init(const char *config, ss_plugin_rc *rc)
{
    static int state;

    (void)config;
    *rc = SS_PLUGIN_SUCCESS;
    return &state;
}

void plugin_destroy(ss_plugin_t *s)
{
    (void)s;
}

const char *plugin_get_last_error(ss_plugin_t *s)
{
    (void)s;
    return "";
}

ss_plugin_rc plugin_extract_fields(ss_plugin_t *s, const ss_plugin_event *evt, uint32_t num_fields,
                                   ss_plugin_extract_field *fields)
{
    (void)s;
    for (uint32_t i = 0; i < num_fields; i++) {
        fields[i].field_present = true;
        fields[i].res_u64 = evt->datalen;
    }
    return SS_PLUGIN_SUCCESS;
}
