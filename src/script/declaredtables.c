#include "script/declaredtables.h"

#include <stdlib.h>
#include <string.h>

static const struct state_type types[] = {
#define STATE_TYPE(identifier, name, number, least, most) {name, STATE_##identifier, least, most},
#include "script/statetypes.def"
#undef STATE_TYPE
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
