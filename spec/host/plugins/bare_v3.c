/* A library that is no plugin but for its version: what is missing first is what hosts name. */
#include "v3/abi.h"

const char *plugin_get_required_api_version(void)
{
    return "3.0.0";
}
