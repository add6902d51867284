#include "script/declaredtables.h"

#include <stdlib.h>
#include <string.h>

static const struct state_type types[] = {
    {"int8", STATE_INT8, INT8_MIN, INT8_MAX},
    {"int16", STATE_INT16, INT16_MIN, INT16_MAX},
    {"int32", STATE_INT32, INT32_MIN, INT32_MAX},
    {"int64", STATE_INT64, INT64_MIN, INT64_MAX},
    {"uint8", STATE_UINT8, 0, UINT8_MAX},
    {"uint16", STATE_UINT16, 0, UINT16_MAX},
    {"uint32", STATE_UINT32, 0, UINT32_MAX},
    {"uint64", STATE_UINT64, 0, UINT64_MAX},
    {"string", STATE_STRING, 0, 0},
    {"table", STATE_TABLE, 0, 0},
    {"bool", STATE_BOOL, 0, 0},
};

const struct state_type *state_type_named(const char *name)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (strcmp(types[i].name, name) == 0) {
            return &types[i];
        }
    }
    return NULL;
}

const struct state_type *state_type_numbered(unsigned number)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (types[i].number == number) {
            return &types[i];
        }
    }
    return NULL;
}

static void free_table(struct declared_table *table)
{
    if (table == NULL) {
        return;
    }
    for (size_t i = 0; i < table->count; i++) {
        free(table->fields[i].name);
        free_table(table->fields[i].subtable);
    }
    free(table->fields);
    free(table->place);
    free(table->name);
    free(table);
}

void declared_tables_free(struct declared_tables *tables)
{
    for (size_t i = 0; i < tables->count; i++) {
        free_table(tables->items[i]);
    }
    free(tables->items);
    *tables = (struct declared_tables){NULL, 0};
}

bool declared_tables_nest(const struct declared_tables *tables)
{
    for (size_t i = 0; i < tables->count; i++) {
        for (size_t k = 0; k < tables->items[i]->count; k++) {
            if (tables->items[i]->fields[k].type->number == STATE_TABLE) {
                return true;
            }
        }
    }
    return false;
}
