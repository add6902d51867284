#include "event/types.h"

#include <string.h>

const struct field_type field_types[] = {
    {"string", TYPE_STRING, TYPE_STRING, sizeof(const char *), "a string"},
    {"uint64", TYPE_UINT64, TYPE_UINT64, sizeof(uint64_t), "an integer from 0 (uint64)"},
    {"bool", TYPE_BOOL, TYPE_UINT64, sizeof(uint32_t), "true or false (bool)"},
    {"reltime", TYPE_RELTIME, TYPE_UINT64, sizeof(uint64_t), "an integer of nanoseconds from 0 (reltime)"},
    {"abstime", TYPE_ABSTIME, TYPE_UINT64, sizeof(uint64_t), "an integer of nanoseconds from 0 (abstime)"},
    {"ipaddr", TYPE_IPADDR, TYPE_STRING, sizeof(struct bytes), "the text of an IP address (ipaddr)"},
    {"ipnet", TYPE_IPNET, TYPE_STRING, sizeof(struct bytes), "the text of an IP address (ipnet)"},
    {NULL, TYPE_STRING, TYPE_STRING, 0, NULL},
};

const struct field_type *field_type_named(const char *name)
{
    for (const struct field_type *type = field_types; type->name != NULL; type++) {
        if (strcmp(type->name, name) == 0) {
            return type;
        }
    }
    return NULL;
}
