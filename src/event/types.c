#include "event/types.h"

#include "event/reading.h"

#include <string.h>

const struct field_type field_types[] = {
    {"string", TYPE_STRING, TYPE_STRING, sizeof(const char *), "a string",
     "a string, a number, true or false", reading_string, reading_string, false, 0, NULL},
    {"uint64", TYPE_UINT64, TYPE_UINT64, sizeof(uint64_t), "an integer from 0 (uint64)",
     "an integer from 0, or digits", reading_digits, reading_integer, true, 0, NULL},
    {"bool", TYPE_BOOL, TYPE_UINT64, sizeof(uint32_t), "true or false (bool)", "true or false", reading_bool,
     NULL, false, 0, NULL},
    {"reltime", TYPE_RELTIME, TYPE_UINT64, sizeof(uint64_t), "an integer of nanoseconds from 0 (reltime)",
     "an integer of nanoseconds from 0", reading_digits, reading_integer, true, 0, NULL},
    {"abstime", TYPE_ABSTIME, TYPE_UINT64, sizeof(uint64_t), "an integer of nanoseconds from 0 (abstime)",
     "nanoseconds from 0, or a time as in RFC 3339", reading_time, reading_integer, true, 0, NULL},
    {"ipaddr", TYPE_IPADDR, TYPE_STRING, sizeof(struct bytes), "the text of an IP address (ipaddr)",
     "the text of an IP address", reading_address, NULL, false, 0, NULL},
    {"ipnet", TYPE_IPNET, TYPE_STRING, sizeof(struct bytes), "the text of an IP address or network (ipnet)",
     "the text of an IP address or network", reading_network, NULL, false, 0, NULL},
    {NULL, TYPE_STRING, TYPE_STRING, 0, NULL, NULL, NULL, NULL, false, 0, NULL},
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
