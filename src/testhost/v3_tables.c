#include "testhost/v3.h"

#include "testhost/accessor.h"

#include <string.h>

/* State tables for plugins: the functions find tables in the inspector, and forward calls to their accessors.
 */

static struct state *state_of(ss_plugin_owner_t *o)
{
    return o;
}

ss_plugin_table_info *v3_list_tables(ss_plugin_owner_t *o, uint32_t *ntables)
{
    struct state *state = state_of(o);
    size_t count = tables_list(state->inspector, NULL, 0);
    ss_plugin_table_info *infos = guard_take(&state->shown.tables, count * sizeof *infos);

    if (infos == NULL)
        return NULL;
    *ntables = (uint32_t)tables_list(state->inspector, infos, count);
    return infos;
}

ss_plugin_table_t *v3_get_table(ss_plugin_owner_t *o, const char *name, ss_plugin_state_type key_type)
{
    struct state *state = state_of(o);

    if (name != NULL && state_type_name(key_type) != NULL) {
        struct accessor *accessor = accessor_find(state->client, name, key_type);
        return accessor != NULL ? &accessor->input : NULL;
    }
    if (name == NULL)
        plugin_owner_fail(&state->owner, "failed to find state table '(NULL)'");
    else
        plugin_owner_fail(&state->owner, "can't convert plugin state type to typeinfo: %d", (int)key_type);
    return NULL;
}

ss_plugin_rc v3_add_table(ss_plugin_owner_t *o, const ss_plugin_table_input *in)
{
    return foreign_add(state_of(o), in) ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
}

/* ---- what is asked of a table ---- */

/* Can it be asked? */
static bool is_there(ss_plugin_table_t *t, const char *what)
{
    const struct accessor *accessor;
    struct violations *violations;

    if (t == NULL)
        return false;
    accessor = accessor_of(t);
    if (accessor == NULL)
        return true; /* a subtable of a plugin's table: libsinsp asks the plugin and does not look */
    violations = &accessor->client->inspector->violations;
    if (accessor->gone)
        violations_add(violations, "plugin %s: %s of a subtable after the call in which it was read",
                       accessor->client->name, what);
    else if (accessor->foreign != NULL && accessor->foreign->owner == NULL)
        violations_add(violations, "%s of a table of plugin %s, which is destroyed", what,
                       accessor->foreign->owner_name);
    else if (accessor->client->name != NULL && !tables_may_be_used())
        violations_add(
            violations,
            "plugin %s: %s of a table outside of init, extract_fields, parse_event, capture_open and "
            "capture_close: the host may be at work on it on another thread",
            accessor->client->name, what);
    else
        return true;
    return false;
}

static const ss_plugin_table_fieldinfo *list_fields(ss_plugin_table_t *t, uint32_t *nfields)
{
    const ss_plugin_table_input *table = t;

    return is_there(t, "listing the fields") ? table->fields_ext->list_table_fields(table->table, nfields)
                                             : NULL;
}

static ss_plugin_table_field_t *get_field(ss_plugin_table_t *t, const char *name, ss_plugin_state_type type)
{
    const ss_plugin_table_input *table = t;

    return is_there(t, "asking for a field") ? table->fields_ext->get_table_field(table->table, name, type)
                                             : NULL;
}

static ss_plugin_table_field_t *add_field(ss_plugin_table_t *t, const char *name, ss_plugin_state_type type)
{
    const ss_plugin_table_input *table = t;
    const struct accessor *accessor;

    if (!is_there(t, "adding a field"))
        return NULL;
    accessor = accessor_of(t);
    if (type != SS_PLUGIN_ST_TABLE || accessor == NULL)
        return table->fields_ext->add_table_field(table->table, name, type);
    plugin_owner_fail(accessor->client->errors, "can't add dynamic field of type table: %s", name);
    return NULL;
}

static const char *get_name(ss_plugin_table_t *t)
{
    const ss_plugin_table_input *table = t;

    return is_there(t, "asking for the name") ? table->reader_ext->get_table_name(table->table) : NULL;
}

static uint64_t get_size(ss_plugin_table_t *t)
{
    const ss_plugin_table_input *table = t;

    return is_there(t, "asking for the size") ? table->reader_ext->get_table_size(table->table) : UINT64_MAX;
}

static ss_plugin_table_entry_t *get_entry(ss_plugin_table_t *t, const ss_plugin_state_data *key)
{
    const ss_plugin_table_input *table = t;

    return is_there(t, "asking for an entry") ? table->reader_ext->get_table_entry(table->table, key) : NULL;
}

static ss_plugin_rc read_field(ss_plugin_table_t *t, ss_plugin_table_entry_t *e,
                               const ss_plugin_table_field_t *f, ss_plugin_state_data *out)
{
    const ss_plugin_table_input *table = t;

    return is_there(t, "reading") ? table->reader_ext->read_entry_field(table->table, e, f, out)
                                  : SS_PLUGIN_FAILURE;
}

static void release_entry(ss_plugin_table_t *t, ss_plugin_table_entry_t *e)
{
    const ss_plugin_table_input *table = t;

    if (is_there(t, "releasing"))
        table->reader_ext->release_table_entry(table->table, e);
}

static ss_plugin_bool iterate(ss_plugin_table_t *t, ss_plugin_table_iterator_func_t it,
                              ss_plugin_table_iterator_state_t *s)
{
    const ss_plugin_table_input *table = t;

    return is_there(t, "iterating") ? table->reader_ext->iterate_entries(table->table, it, s) : 0;
}

static ss_plugin_rc clear(ss_plugin_table_t *t)
{
    const ss_plugin_table_input *table = t;

    return is_there(t, "clearing") ? table->writer_ext->clear_table(table->table) : SS_PLUGIN_FAILURE;
}

static ss_plugin_rc erase(ss_plugin_table_t *t, const ss_plugin_state_data *key)
{
    const ss_plugin_table_input *table = t;

    return is_there(t, "erasing") ? table->writer_ext->erase_table_entry(table->table, key)
                                  : SS_PLUGIN_FAILURE;
}

static ss_plugin_table_entry_t *create_entry(ss_plugin_table_t *t)
{
    const ss_plugin_table_input *table = t;

    return is_there(t, "creating an entry") ? table->writer_ext->create_table_entry(table->table) : NULL;
}

static void destroy_entry(ss_plugin_table_t *t, ss_plugin_table_entry_t *e)
{
    const ss_plugin_table_input *table = t;

    if (is_there(t, "destroying"))
        table->writer_ext->destroy_table_entry(table->table, e);
}

static ss_plugin_table_entry_t *add_entry(ss_plugin_table_t *t, const ss_plugin_state_data *key,
                                          ss_plugin_table_entry_t *entry)
{
    const ss_plugin_table_input *table = t;

    return is_there(t, "adding") ? table->writer_ext->add_table_entry(table->table, key, entry) : NULL;
}

static ss_plugin_rc write_field(ss_plugin_table_t *t, ss_plugin_table_entry_t *e,
                                const ss_plugin_table_field_t *f, const ss_plugin_state_data *in)
{
    const ss_plugin_table_input *table = t;

    return is_there(t, "writing") ? table->writer_ext->write_entry_field(table->table, e, f, in)
                                  : SS_PLUGIN_FAILURE;
}

const ss_plugin_table_fields_vtable_ext table_fields = {list_fields, get_field, add_field};
const ss_plugin_table_reader_vtable_ext table_reader = {get_name,   get_size,      get_entry,
                                                        read_field, release_entry, iterate};
const ss_plugin_table_writer_vtable_ext table_writer = {clear,         erase,     create_entry,
                                                        destroy_entry, add_entry, write_field};

/* ---- what is shown ---- */

bool v3_show_tables(struct state *state)
{
    struct shown *shown = &state->shown;

    client_begin_call(state->client);
    return guard_copy(&shown->table_reader, &table_reader, sizeof table_reader) != NULL &&
           guard_copy(&shown->table_writer, &table_writer, sizeof table_writer) != NULL &&
           guard_copy(&shown->table_fields, &table_fields, sizeof table_fields) != NULL;
}

void v3_hide_tables(struct state *state)
{
    guard_spoil(&state->shown.table_reader);
    guard_spoil(&state->shown.table_writer);
    guard_spoil(&state->shown.table_fields);
    client_end_call(state->client);
}
