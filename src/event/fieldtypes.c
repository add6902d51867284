#include "event/fieldtypes.h"

#include "event/typereaders.h"

#include <string.h>

/* Bytes of one value, by kind of cell. */
#define SIZE_OF_TEXT    sizeof(const char *)
#define SIZE_OF_NATURAL sizeof(uint64_t)
#define SIZE_OF_BOOL    sizeof(uint32_t)
#define SIZE_OF_ADDRESS sizeof(struct bytes)

const struct field_type field_types[] = {
#define FIELD_TYPE(identifier, name, number, cell, time, ...)                                                \
    {name, CELL_##cell, SIZE_OF_##cell, CELL_##cell == CELL_NATURAL, TIME_##time, __VA_ARGS__, 0, NULL},
#include "event/fieldtypes.def"
#undef FIELD_TYPE
    {.name = NULL},
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
