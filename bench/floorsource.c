/*
 * floorsource: init and destroy of C plugins (floor*.c) that only have an event source and no state.
 */
#include "v3/abi.h"

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
