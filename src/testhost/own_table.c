#include "testhost/accessor.h"
#include "testhost/entryhandle.h"

#include <string.h>

/* The functions of the host's own tables. Failures that libsinsp has too are messages of the client's owner;
 * what would crash or corrupt libsinsp is a violation. */

static void lock(const struct accessor *table)
{
    pthread_mutex_lock(&table->client->inspector->lock);
}

static void unlock(const struct accessor *table)
{
    pthread_mutex_unlock(&table->client->inspector->lock);
}

static const char *name_of_client(const struct accessor *table)
{
    return table->client->name != NULL ? table->client->name : "(the spec)";
}

static bool is_hidden(const struct accessor *table, const struct table_field *field)
{
    return field->type == SS_PLUGIN_ST_TABLE && !table->client->subtables;
}

/* ---- fields ---- */

static const ss_plugin_table_fieldinfo *list_fields(ss_plugin_table_t *t, uint32_t *count)
{
    struct accessor *table = t;
    struct table_kind *kind = table->own->kind;
    ss_plugin_table_fieldinfo *list;

    lock(table);
    *count = 0;
    for (size_t i = 0; i < kind->count; i++)
        *count += !is_hidden(table, kind->fields[i]);
    list = guard_take(&kind->listed, *count * sizeof *list);
    for (size_t i = 0, to = 0; i < kind->count && list != NULL; i++)
        if (!is_hidden(table, kind->fields[i]))
            list[to++] = (ss_plugin_table_fieldinfo){kind->fields[i]->name, kind->fields[i]->type,
                                                     kind->fields[i]->read_only};
    unlock(table);
    return list;
}

static ss_plugin_table_field_t *get_field(ss_plugin_table_t *t, const char *name, ss_plugin_state_type type)
{
    struct accessor *table = t;
    struct table_field *field;

    lock(table);
    field = kind_find(table->own->kind, name);
    if (field == NULL || is_hidden(table, field)) {
        plugin_owner_fail(table->client->errors, "undefined field '%s' in table '%s'", name,
                          table->own->kind->name);
        field = NULL;
    } else if (field->type != type) {
        plugin_owner_fail(table->client->errors, "incompatible data types for %s field: %s",
                          field->dynamic ? "dynamic" : "static", name);
        field = NULL;
    }
    unlock(table);
    return field;
}

static ss_plugin_table_field_t *add_field(ss_plugin_table_t *t, const char *name, ss_plugin_state_type type)
{
    struct accessor *table = t;
    struct table_field *field;

    lock(table);
    field = kind_find(table->own->kind, name);
    if (field == NULL && state_type_name(type) == NULL) {
        plugin_owner_fail(table->client->errors, "can't convert plugin state type to typeinfo: %d",
                          (int)type);
    } else if (field == NULL) {
        field = kind_add(table->own->kind, name, type);
        if (field != NULL)
            field->dynamic = true;
    } else if (!field->dynamic) {
        plugin_owner_fail(table->client->errors, "can't add dynamic field already defined as static: %s",
                          name);
        field = NULL;
    } else if (field->type != type) {
        plugin_owner_fail(
            table->client->errors,
            "multiple definitions of dynamic field with different types in struct: %s, prevtype=%s, "
            "newtype=%s",
            name, state_type_name(field->type), state_type_name(type));
        field = NULL;
    }
    unlock(table);
    return field;
}

/* ---- reading ---- */

static const char *get_name(ss_plugin_table_t *t)
{
    return ((struct accessor *)t)->own->kind->name;
}

static uint64_t get_size(ss_plugin_table_t *t)
{
    struct accessor *table = t;
    uint64_t size;

    lock(table);
    size = table->own->count;
    unlock(table);
    return size;
}

static ss_plugin_table_entry_t *get_entry(ss_plugin_table_t *t, const ss_plugin_state_data *key)
{
    struct accessor *table = t;
    struct entry_handle *handle = NULL;
    struct entry *entry;

    lock(table);
    entry = table_find(table->own, key->s64);
    if (entry != NULL)
        handle = entry_handle_new(table->client, table->own, entry, HANDLE_GIVEN);
    else
        plugin_owner_fail(table->client->errors, "get_entry found no element at given key");
    unlock(table);
    return handle;
}

static bool check_field(const struct accessor *table, const void *field, const char *what)
{
    if (kind_has(table->own->kind, field))
        return true;
    violations_add(
        &table->client->inspector->violations,
        "plugin %s: %s of a field that is none of table \"%s\" (fields of other tables, also of the "
        "table that a subtable is in, do not do)",
        name_of_client(table), what, table->own->kind->name);
    return false;
}

/* A subtable in an entry, to which it takes over a reference. NULL: out of memory. */
static struct accessor *new_subtable(struct client *client, struct table *table, struct entry *parent)
{
    struct accessor *accessor;

    pthread_mutex_lock(&client->inspector->lock);
    accessor = accessor_new(client);
    if (accessor != NULL) {
        accessor->ephemeral = client->name != NULL;
        accessor->thread = pthread_self();
        table->references++;
        accessor_use_own(accessor, table, entry_ref(parent));
    }
    entry_unref(parent);
    pthread_mutex_unlock(&client->inspector->lock);
    return accessor;
}

static ss_plugin_rc read_field(ss_plugin_table_t *t, ss_plugin_table_entry_t *e,
                               const ss_plugin_table_field_t *f, ss_plugin_state_data *out)
{
    struct accessor *table = t;
    struct entry_handle *handle = e;
    const struct table_field *field = f;
    struct entry *parent = NULL;
    bool fine;

    memset(out, 0, sizeof *out);
    lock(table);
    fine =
        entry_handle_check(handle, table->client, table->own, "reading") && check_field(table, f, "reading");
    if (fine)
        *out = entry_read(handle->entry, field);
    if (fine && field->type == SS_PLUGIN_ST_TABLE)
        parent = entry_ref(handle->entry);
    unlock(table);
    if (parent != NULL) { /* the reference goes to the accessor */
        struct accessor *subtable = new_subtable(table->client, out->table, parent);
        fine = subtable != NULL;
        out->table = fine ? &subtable->input : NULL;
    }
    return fine ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
}

static void release_entry(ss_plugin_table_t *t, ss_plugin_table_entry_t *e)
{
    struct accessor *table = t;
    struct entry_handle *handle = e;
    struct violations *violations = &table->client->inspector->violations;

    lock(table);
    if (!entry_handle_check(handle, table->client, table->own, "releasing"))
        ; /* kept */
    else if (handle->state == HANDLE_CREATED)
        violations_add(violations,
                       "plugin %s: releasing of an entry of table \"%s\" that is to be added or destroyed",
                       name_of_client(table), table->own->kind->name);
    else if (handle->state == HANDLE_LENT)
        violations_add(violations,
                       "plugin %s: releasing of an entry of table \"%s\" that iterating only lent",
                       name_of_client(table), table->own->kind->name);
    else
        entry_handle_end(handle, table->client, "released");
    unlock(table);
}

/* Handles of all entries, for one iteration. */
static struct entry_handle **lend_all(struct accessor *table, struct guard *room, size_t *count)
{
    struct entry_handle **handles;

    lock(table);
    *count = table->own->count;
    handles = guard_take(room, *count * sizeof(struct entry_handle *));
    for (size_t i = 0; i < *count && handles != NULL; i++)
        handles[i] = entry_handle_new(table->client, table->own, table->own->entries[i], HANDLE_LENT);
    table->own->iterations++;
    unlock(table);
    return handles;
}

static ss_plugin_bool iterate(ss_plugin_table_t *t, ss_plugin_table_iterator_func_t it,
                              ss_plugin_table_iterator_state_t *s)
{
    struct accessor *table = t;
    struct guard room = {0};
    size_t count;
    struct entry_handle **handles = lend_all(table, &room, &count);
    ss_plugin_bool go_on = 1;

    for (size_t i = 0; i < count && handles != NULL && go_on; i++)
        go_on = handles[i] != NULL && it(s, handles[i]) != 0;
    lock(table);
    for (size_t i = 0; i < count && handles != NULL; i++)
        if (handles[i] != NULL)
            entry_handle_end(handles[i], table->client, "lent by an iteration");
    table->own->iterations--;
    unlock(table);
    guard_free(&room);
    return go_on;
}

/* ---- writing ---- */

/* libsinsp iterates over its own map: who changes it meanwhile makes it go wrong. */
static bool check_change(const struct accessor *table, const char *what)
{
    if (table->own->iterations == 0)
        return true;
    violations_add(&table->client->inspector->violations,
                   "plugin %s: %s in table \"%s\" while it is iterated over", name_of_client(table), what,
                   table->own->kind->name);
    return false;
}

static ss_plugin_rc clear(ss_plugin_table_t *t)
{
    struct accessor *table = t;
    bool fine;

    lock(table);
    fine = check_change(table, "clearing");
    if (fine)
        table_clear(table->own);
    unlock(table);
    return fine ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
}

static ss_plugin_rc erase(ss_plugin_table_t *t, const ss_plugin_state_data *key)
{
    struct accessor *table = t;
    bool fine;

    lock(table);
    fine = check_change(table, "erasing");
    if (fine && !table_remove(table->own, key->s64)) {
        plugin_owner_fail(table->client->errors, "table entry not found");
        fine = false;
    }
    unlock(table);
    return fine ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
}

static ss_plugin_table_entry_t *create_entry(ss_plugin_table_t *t)
{
    struct accessor *table = t;
    struct entry_handle *handle = NULL;
    struct entry *entry;

    lock(table);
    entry = entry_new(table->own->kind);
    if (entry != NULL)
        handle = entry_handle_new(table->client, table->own, entry, HANDLE_CREATED);
    entry_unref(entry);
    unlock(table);
    return handle;
}

static bool check_created(const struct accessor *table, const struct entry_handle *handle, const char *what)
{
    if (!entry_handle_check(handle, table->client, table->own, what))
        return false;
    if (handle->state == HANDLE_CREATED)
        return true;
    violations_add(&table->client->inspector->violations,
                   "plugin %s: %s of an entry of table \"%s\" that it did not create", name_of_client(table),
                   what, table->own->kind->name);
    return false;
}

static void destroy_entry(ss_plugin_table_t *t, ss_plugin_table_entry_t *e)
{
    struct accessor *table = t;

    lock(table);
    if (check_created(table, e, "destroying"))
        entry_handle_end(e, table->client, "destroyed");
    unlock(table);
}

static ss_plugin_table_entry_t *add_entry(ss_plugin_table_t *t, const ss_plugin_state_data *key,
                                          ss_plugin_table_entry_t *e)
{
    struct accessor *table = t;
    struct entry_handle *created = e, *added = NULL;

    lock(table);
    if (check_created(table, created, "adding") && check_change(table, "adding") &&
        table_put(table->own, key->s64, created->entry)) {
        added = entry_handle_new(table->client, table->own, created->entry, HANDLE_GIVEN);
        entry_handle_end(created, table->client, "added (what add_table_entry answers is to be used then)");
    }
    unlock(table);
    return added;
}

static ss_plugin_rc write_field(ss_plugin_table_t *t, ss_plugin_table_entry_t *e,
                                const ss_plugin_table_field_t *f, const ss_plugin_state_data *in)
{
    struct accessor *table = t;
    struct entry_handle *handle = e;
    const struct table_field *field = f;
    bool fine;

    lock(table);
    fine =
        entry_handle_check(handle, table->client, table->own, "writing") && check_field(table, f, "writing");
    if (fine && field->type == SS_PLUGIN_ST_TABLE) {
        plugin_owner_fail(table->client->errors, "writing to table fields is currently not supported");
        fine = false;
    } else if (fine && field->read_only && table->client->name != NULL) {
        plugin_owner_fail(table->client->errors, "attempt to write to read-only static struct field: %s",
                          field->name);
        fine = false;
    }
    fine = fine && entry_write(handle->entry, field, in);
    unlock(table);
    return fine ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
}

ss_plugin_table_fields_vtable_ext own_fields = {list_fields, get_field, add_field};
ss_plugin_table_reader_vtable_ext own_reader = {get_name,   get_size,      get_entry,
                                                read_field, release_entry, iterate};
ss_plugin_table_writer_vtable_ext own_writer = {clear,         erase,     create_entry,
                                                destroy_entry, add_entry, write_field};

void accessor_use_own(struct accessor *accessor, struct table *table, struct entry *parent)
{
    accessor->own = table;
    accessor->parent = parent;
    accessor->input.name = table->kind->name;
    accessor->input.key_type = SS_PLUGIN_ST_INT64;
    accessor_use(accessor, &own_reader, &own_writer, &own_fields);
}
