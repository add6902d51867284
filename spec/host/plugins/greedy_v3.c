/*
 * A plugin that says 3.0.0 and reads what only hosts of 3.11 pass: on an older host, which
 * lure.host can be, it crashes.
 */
#include "v3/abi.h"

const char *plugin_get_required_api_version(void)
{
    return "3.0.0";
}

const char *plugin_get_name(void)
{
    return "greedy";
}

const char *plugin_get_description(void)
{
    return "-";
}

const char *plugin_get_contact(void)
{
    return "-";
}

const char *plugin_get_version(void)
{
    return "1.0.0";
}

const char *plugin_get_fields(void)
{
    return "[{\"name\":\"greedy.offsets\",\"type\":\"uint64\",\"desc\":\"-\"}]";
}

const char *plugin_get_extract_event_sources(void)
{
    return "[\"counter\"]";
}

ss_plugin_t *plugin_init(const ss_plugin_init_input *input, ss_plugin_rc *rc)
{
    static int state;

    (void)input;
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

ss_plugin_rc plugin_extract_fields(ss_plugin_t *s, const ss_plugin_event_input *evt,
                                   const ss_plugin_field_extract_input *in)
{
    static uint64_t asked;

    (void)s, (void)evt;
    asked = in->value_offsets != 0;
    in->fields[0].res.u64 = &asked;
    in->fields[0].res_len = 1;
    return SS_PLUGIN_SUCCESS;
}
