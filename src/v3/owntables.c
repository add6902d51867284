#include "v3/owntables.h"

#include "base/utf8.h"
#include "v3/owntableentries.h"

#include <string.h>

#define NO_MEMORY "state table: not enough memory (limit: init_config.lure.memory)"
#define NO_ENTRY  "state table: there is no entry with this key"

static void fail(const ss_plugin_table_t *t, const char *text)
{
    const struct own_table *table = t;

    if (table->root->failure != NULL) {
        table->root->failure(table->root->owner, text);
    }
}

/* True if a caller has passed NULL, for the table or for what `given` says. */
static bool is_null(const ss_plugin_table_t *t, bool given)
{
    if (t != NULL && !given) {
        fail(t, "state table: the caller passes NULL");
    }
    return t == NULL || !given;
}

static bool is_key(const ss_plugin_table_t *t, const ss_plugin_state_data *key)
{
    const struct own_table *table = t;

    return table != NULL && key != NULL && (table->schema->key->number != STATE_STRING || key->str != NULL);
}

/* ---- its fields ---- */

static const ss_plugin_table_fieldinfo *list_table_fields(ss_plugin_table_t *t, uint32_t *nfields)
{
    static const ss_plugin_table_fieldinfo none;
    struct own_table *table = t;
    const ss_plugin_table_fieldinfo *infos;

    if (is_null(t, nfields != NULL)) {
        return NULL;
    }
    own_root_enter(table->root);
    *nfields = (uint32_t)table->schema->count;
    infos = table->schema->infos != NULL ? table->schema->infos : &none; /* NULL would be a failure */
    own_root_leave(table->root);
    return infos;
}

static struct own_field *find_field(const struct own_schema *schema, const char *name)
{
    for (size_t i = 0; i < schema->count; i++) {
        if (strcmp(schema->fields[i]->name, name) == 0) {
            return schema->fields[i];
        }
    }
    return NULL;
}

static ss_plugin_table_field_t *get_table_field(ss_plugin_table_t *t, const char *name,
                                                ss_plugin_state_type data_type)
{
    struct own_table *table = t;
    struct own_field *field;

    if (is_null(t, name != NULL)) {
        return NULL;
    }
    own_root_enter(table->root);
    field = find_field(table->schema, name);
    if (field == NULL) {
        fail(table, "state table: there is no field of this name");
    } else if ((unsigned)field->type->number != (unsigned)data_type) {
        fail(table, "state table: the field has another type");
        field = NULL;
    }
    own_root_leave(table->root);
    return field;
}

static ss_plugin_table_field_t *add_table_field(ss_plugin_table_t *t, const char *name,
                                                ss_plugin_state_type data_type)
{
    struct own_table *table = t;
    const struct state_type *type = state_type_numbered((unsigned)data_type);
    struct own_field *field;

    if (is_null(t, name != NULL)) {
        return NULL;
    }
    own_root_enter(table->root);
    field = find_field(table->schema, name);
    if (!utf8_is_name(name, strlen(name))) {
        fail(table, "state table: a field's name is UTF-8 without control or invisible characters");
        field = NULL;
    } else if (type == NULL || type->number == STATE_TABLE) {
        fail(table, "state table: a field of this type cannot be added");
        field = NULL;
    } else if (field != NULL && field->type != type) {
        fail(table, "state table: the field is there, with another type");
        field = NULL;
    } else if (field == NULL) {
        field = own_schema_add(table->schema, name, type);
        if (field == NULL) {
            fail(table, NO_MEMORY);
        }
    }
    own_root_leave(table->root);
    return field;
}

/* ---- reading ---- */

static const char *get_table_name(ss_plugin_table_t *t)
{
    return t != NULL ? ((struct own_table *)t)->schema->name : NULL;
}

static uint64_t get_table_size(ss_plugin_table_t *t)
{
    struct own_table *table = t;
    uint64_t size;

    if (t == NULL) {
        return UINT64_MAX;
    }
    own_root_enter(table->root);
    size = table->count;
    own_root_leave(table->root);
    return size;
}

size_t own_table_places(const ss_plugin_table_t *t)
{
    const struct own_table *table = t;
    size_t places;

    own_root_enter(table->root);
    places = table->bucket_count + table->count;
    own_root_leave(table->root);
    return places;
}

ss_plugin_table_entry_t *own_table_find(ss_plugin_table_t *t, const ss_plugin_state_data *key)
{
    struct own_table *table = t;
    struct own_entry *entry;

    own_root_enter(table->root);
    entry = own_entry_find(table, key);
    if (entry != NULL) {
        own_entry_hold(entry);
    }
    own_root_leave(table->root);
    return entry;
}

static ss_plugin_table_entry_t *get_table_entry(ss_plugin_table_t *t, const ss_plugin_state_data *key)
{
    ss_plugin_table_entry_t *entry;

    if (is_null(t, is_key(t, key))) {
        return NULL;
    }
    entry = own_table_find(t, key);
    if (entry == NULL) {
        fail(t, NO_ENTRY);
    }
    return entry;
}

/* A field of this entry's table, or NULL, with the error reported. */
static union own_cell *find_cell(const struct own_table *table, struct own_entry *entry,
                                 const struct own_field *field)
{
    union own_cell *cell;

    if (entry->table->schema != field->schema) {
        fail(table, "state table: the field is of another table");
        return NULL;
    }
    cell = own_entry_cell(entry, field);
    if (cell == NULL) {
        fail(table, NO_MEMORY);
    }
    return cell;
}

/* The table in a field, created on first access. NULL: out of memory. */
static struct own_table *nested_table(const struct own_table *table, const struct own_field *field,
                                      union own_cell *cell)
{
    if (cell->table == NULL) {
        cell->table = own_table_offered(table->root, field->nested);
    }
    return cell->table;
}

static ss_plugin_rc read_entry_field(ss_plugin_table_t *t, ss_plugin_table_entry_t *e,
                                     const ss_plugin_table_field_t *f, ss_plugin_state_data *out)
{
    struct own_table *table = t;
    const struct own_field *field = f;
    ss_plugin_rc rc = SS_PLUGIN_FAILURE;
    struct own_root *root;
    union own_cell *cell;

    if (is_null(t, e != NULL && f != NULL && out != NULL)) {
        return SS_PLUGIN_FAILURE;
    }
    root = table->root;
    own_root_enter(root);
    cell = find_cell(table, e, field);
    if (cell != NULL) {
        rc = SS_PLUGIN_SUCCESS;
        if (field->type->number == STATE_STRING) {
            out->str = cell->text != NULL ? cell->text->text : "";
        } else if (field->type->number == STATE_TABLE) {
            out->table = nested_table(table, field, cell);
            if (out->table == NULL) {
                fail(table, NO_MEMORY);
                rc = SS_PLUGIN_FAILURE;
            }
        } else {
            *out = cell->data;
        }
    }
    own_root_leave(root);
    return rc;
}

static void release_table_entry(ss_plugin_table_t *t, ss_plugin_table_entry_t *e)
{
    struct own_root *root;

    if (is_null(t, e != NULL)) {
        return;
    }
    root = ((struct own_table *)t)->root;
    own_root_enter(root);
    own_entry_release(e);
    own_root_leave(root);
}

static ss_plugin_bool iterate_entries(ss_plugin_table_t *t, ss_plugin_table_iterator_func_t it,
                                      ss_plugin_table_iterator_state_t *s)
{
    struct own_table *table = t;
    struct own_root *root;
    struct own_iteration *iteration;
    struct own_entry *entry;
    bool goes_on = true;

    if (is_null(t, it != NULL)) {
        return false;
    }
    root = table->root;
    own_root_enter(root);
    iteration = own_iteration_begin(table, (uintptr_t)__builtin_frame_address(0));
    while (iteration != NULL && goes_on && (entry = own_iteration_next(iteration)) != NULL) {
        own_root_leave(root);
        goes_on = it(s, entry) != 0; /* may not return: hosts throw through this frame */
        own_root_enter(root);
    }
    if (iteration == NULL) {
        fail(table, NO_MEMORY);
        goes_on = false;
    } else {
        own_iteration_end(root, iteration);
    }
    own_root_leave(root);
    return goes_on;
}

/* ---- writing ---- */

static ss_plugin_rc clear_table(ss_plugin_table_t *t)
{
    struct own_table *table = t;

    if (t == NULL) {
        return SS_PLUGIN_FAILURE;
    }
    own_root_enter(table->root);
    own_table_empty(table);
    own_root_leave(table->root);
    return SS_PLUGIN_SUCCESS;
}

bool own_table_erase(ss_plugin_table_t *t, const ss_plugin_state_data *key)
{
    struct own_table *table = t;
    struct own_entry *entry;

    own_root_enter(table->root);
    entry = own_entry_find(table, key);
    if (entry != NULL) {
        own_entry_unlink(entry);
    }
    own_root_leave(table->root);
    return entry != NULL;
}

static ss_plugin_rc erase_table_entry(ss_plugin_table_t *t, const ss_plugin_state_data *key)
{
    if (is_null(t, is_key(t, key))) {
        return SS_PLUGIN_FAILURE;
    }
    if (own_table_erase(t, key)) {
        return SS_PLUGIN_SUCCESS;
    }
    fail(t, NO_ENTRY);
    return SS_PLUGIN_FAILURE;
}

static ss_plugin_table_entry_t *create_table_entry(ss_plugin_table_t *t)
{
    struct own_table *table = t;
    struct own_entry *entry;

    if (t == NULL) {
        return NULL;
    }
    own_root_enter(table->root);
    entry = own_entry_new(table);
    if (entry == NULL) {
        fail(table, NO_MEMORY);
    }
    own_root_leave(table->root);
    return entry;
}

static void destroy_table_entry(ss_plugin_table_t *t, ss_plugin_table_entry_t *e)
{
    release_table_entry(t, e);
}

static ss_plugin_table_entry_t *add_table_entry(ss_plugin_table_t *t, const ss_plugin_state_data *key,
                                                ss_plugin_table_entry_t *e)
{
    struct own_table *table = t;
    struct own_entry *entry = e;
    bool added = false;

    if (is_null(t, is_key(t, key) && e != NULL)) {
        return NULL;
    }
    own_root_enter(table->root);
    if (entry->table != table || entry->linked) {
        fail(table, "state table: the entry was not created for this table, or is in it already");
    } else if (own_entry_link(entry, key)) {
        added = true;
    } else {
        fail(table, NO_MEMORY);
    }
    own_root_leave(table->root);
    return added ? entry : NULL;
}

static ss_plugin_rc write_entry_field(ss_plugin_table_t *t, ss_plugin_table_entry_t *e,
                                      const ss_plugin_table_field_t *f, const ss_plugin_state_data *in)
{
    struct own_table *table = t;
    const struct own_field *field = f;
    ss_plugin_rc rc = SS_PLUGIN_FAILURE;
    struct own_root *root;
    union own_cell *cell;

    if (is_null(t, e != NULL && f != NULL && in != NULL)) {
        return SS_PLUGIN_FAILURE;
    }
    root = table->root;
    own_root_enter(root);
    cell = find_cell(table, e, field);
    if (cell == NULL) {
        rc = SS_PLUGIN_FAILURE;
    } else if (field->type->number == STATE_TABLE) {
        fail(table, "state table: a table in an entry cannot be replaced");
    } else if (field->type->number != STATE_STRING) {
        cell->data = *in;
        rc = SS_PLUGIN_SUCCESS;
    } else if (own_entry_set_text(e, cell, in->str != NULL ? in->str : "")) {
        rc = SS_PLUGIN_SUCCESS;
    } else {
        fail(table, NO_MEMORY);
    }
    own_root_leave(root);
    return rc;
}

const ss_plugin_table_fields_vtable_ext own_fields = {list_table_fields, get_table_field, add_table_field};
const ss_plugin_table_fields_vtable own_plain_fields = {list_table_fields, get_table_field, add_table_field};
const ss_plugin_table_reader_vtable_ext own_reader = {get_table_name,   get_table_size,      get_table_entry,
                                                      read_entry_field, release_table_entry, iterate_entries};
const ss_plugin_table_writer_vtable_ext own_writer = {clear_table,        erase_table_entry,
                                                      create_table_entry, destroy_table_entry,
                                                      add_table_entry,    write_entry_field};

void own_entry_key(ss_plugin_table_entry_t *entry, ss_plugin_state_data *key)
{
    *key = ((struct own_entry *)entry)->key;
}

struct own_table *own_table_offered(struct own_root *root, struct own_schema *schema)
{
    struct own_table *table = own_table_new(root, schema);

    if (table == NULL) {
        return NULL;
    }
    table->input = (ss_plugin_table_input){
        .name = table->schema->name,
        .key_type = (ss_plugin_state_type)table->schema->key->number,
        .table = table,
        .reader = {get_table_name, get_table_size, get_table_entry, read_entry_field},
        .writer = {clear_table, erase_table_entry, create_table_entry, destroy_table_entry, add_table_entry,
                   write_entry_field},
        .fields = {list_table_fields, get_table_field, add_table_field},
        /* the API has these writable, and nobody writes to them */
        .reader_ext = (ss_plugin_table_reader_vtable_ext *)(uintptr_t)&own_reader,
        .writer_ext = (ss_plugin_table_writer_vtable_ext *)(uintptr_t)&own_writer,
        .fields_ext = (ss_plugin_table_fields_vtable_ext *)(uintptr_t)&own_fields,
    };
    return table;
}

const ss_plugin_table_input *own_table_input(const struct own_table *table)
{
    return &table->input;
}
