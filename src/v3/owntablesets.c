/* The tables of a plugin state, from their making to their end. */
#include "base/text.h"
#include "v3/owntableentries.h"

#include <stdlib.h>

/* NULL: out of memory. */
static struct own_schema *make_schema(const struct declared_table *declared)
{
    struct own_schema *schema = calloc(1, sizeof(*schema));

    if (schema == NULL) {
        return NULL;
    }
    schema->references = 1;
    schema->key = declared->key;
    schema->name = text_copy(declared->name);
    for (size_t i = 0; schema->name != NULL && i < declared->count; i++) {
        const struct declared_field *from = &declared->fields[i];
        struct own_field *field = own_schema_add(schema, from->name, from->type);

        if (field != NULL && from->subtable != NULL) {
            field->nested = make_schema(from->subtable);
        }
        if (field == NULL || (from->subtable != NULL && field->nested == NULL)) {
            own_schema_release(schema);
            return NULL;
        }
    }
    if (schema->name == NULL) {
        own_schema_release(schema);
        return NULL;
    }
    return schema;
}

static struct own_root *make_root(struct memory_budget *budget, own_failure failure, void *owner)
{
    struct own_root *root = calloc(1, sizeof(*root));

    if (root != NULL) {
        fork_lock_open(&root->lock, 0);
        root->references = 1;
        root->budget = budget;
        root->most = budget->limit;
        root->failure = failure;
        root->owner = owner;
    }
    return root;
}

bool own_tables_make(struct own_tables *tables, const struct declared_tables *declared,
                     struct memory_budget *budget, own_failure failure, void *owner)
{
    tables->items = calloc(declared->count + 1, sizeof(struct own_table *));
    tables->root = make_root(budget, failure, owner);
    if (tables->items == NULL || tables->root == NULL) {
        return false;
    }
    for (size_t i = 0; i < declared->count; i++) {
        struct own_schema *schema = make_schema(declared->items[i]);
        struct own_table *table = schema != NULL ? own_table_offered(tables->root, schema) : NULL;

        own_schema_release(schema);
        if (table == NULL) {
            return false;
        }
        tables->items[tables->count++] = table;
    }
    return true;
}

size_t own_tables_used(const struct own_tables *tables)
{
    size_t used;

    own_root_enter(tables->root);
    used = tables->root->used;
    own_root_leave(tables->root);
    return used;
}

void own_tables_drop(struct own_tables *tables)
{
    struct own_root *root = tables->root;

    if (root != NULL) {
        own_root_enter(root);
        root->references--; /* that of the plugin state */
        root->failure = NULL;
        own_iterations_end_all(root);
        for (size_t i = 0; i < tables->count; i++) {
            own_table_empty(tables->items[i]);
            own_table_release(tables->items[i]);
        }
        root->budget = NULL;
        own_root_leave(root);
    }
    free(tables->items);
    *tables = (struct own_tables){NULL, NULL, 0};
}
