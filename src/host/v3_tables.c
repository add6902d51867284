#include "host/v3.h"

#include <string.h>

/*
 * State tables, for a host that has none: what looks for one is told so by the owner's
 * last error. A plugin that offers a table is checked as the framework checks it.
 */

static struct owner *owner_of(ss_plugin_owner_t *o)
{
    return &((struct state *)o)->owner;
}

ss_plugin_table_info *v3_list_tables(ss_plugin_owner_t *o, uint32_t *ntables)
{
    static ss_plugin_table_info none;

    (void)o;
    *ntables = 0;
    return &none;
}

ss_plugin_table_t *v3_get_table(ss_plugin_owner_t *o, const char *name, ss_plugin_state_type key_type)
{
    (void)key_type;
    owner_fail(owner_of(o), "failed to find state table '%s'", name != NULL ? name : "(NULL)");
    return NULL;
}

/* Are all functions there, and the same in both forms? Since 3.1 the framework insists. */
static bool is_consistent(const ss_plugin_table_input *in)
{
    return in->reader_ext != NULL && in->writer_ext != NULL && in->fields_ext != NULL &&
           memcmp(in->reader_ext, &in->reader, sizeof in->reader) == 0 &&
           memcmp(in->writer_ext, &in->writer, sizeof in->writer) == 0 &&
           memcmp(in->fields_ext, &in->fields, sizeof in->fields) == 0 &&
           in->reader_ext->iterate_entries != NULL && in->reader_ext->release_table_entry != NULL;
}

ss_plugin_rc v3_add_table(ss_plugin_owner_t *o, const ss_plugin_table_input *in)
{
    const struct library *library = ((struct state *)o)->library;

    if (in == NULL || in->name == NULL || in->table == NULL) {
        owner_fail(owner_of(o), "plugin '%s' added a table without name or pointer", library->name);
        return SS_PLUGIN_FAILURE;
    }
    if (library->required_minor >= 1 && !is_consistent(in)) {
        owner_fail(owner_of(o), "plugin '%s' has broken or inconsistent vtables for state table '%s'",
                   library->name, in->name);
        return SS_PLUGIN_FAILURE;
    }
    return SS_PLUGIN_SUCCESS;
}

static const ss_plugin_table_fieldinfo *list_fields(ss_plugin_table_t *t, uint32_t *count)
{
    (void)t;
    *count = 0;
    return NULL;
}

static ss_plugin_table_field_t *get_field(ss_plugin_table_t *t, const char *name, ss_plugin_state_type type)
{
    (void)t, (void)name, (void)type;
    return NULL;
}

static const char *get_name(ss_plugin_table_t *t)
{
    (void)t;
    return NULL;
}

static uint64_t get_size(ss_plugin_table_t *t)
{
    (void)t;
    return UINT64_MAX;
}

static ss_plugin_table_entry_t *get_entry(ss_plugin_table_t *t, const ss_plugin_state_data *key)
{
    (void)t, (void)key;
    return NULL;
}

static ss_plugin_rc read_field(ss_plugin_table_t *t, ss_plugin_table_entry_t *e,
                               const ss_plugin_table_field_t *f, ss_plugin_state_data *out)
{
    (void)t, (void)e, (void)f, (void)out;
    return SS_PLUGIN_FAILURE;
}

static void release_entry(ss_plugin_table_t *t, ss_plugin_table_entry_t *e)
{
    (void)t, (void)e;
}

static ss_plugin_bool iterate(ss_plugin_table_t *t, ss_plugin_table_iterator_func_t it,
                              ss_plugin_table_iterator_state_t *s)
{
    (void)t, (void)it, (void)s;
    return 0;
}

static ss_plugin_rc clear(ss_plugin_table_t *t)
{
    (void)t;
    return SS_PLUGIN_FAILURE;
}

static ss_plugin_rc erase(ss_plugin_table_t *t, const ss_plugin_state_data *key)
{
    (void)t, (void)key;
    return SS_PLUGIN_FAILURE;
}

static ss_plugin_table_entry_t *create_entry(ss_plugin_table_t *t)
{
    (void)t;
    return NULL;
}

static ss_plugin_table_entry_t *add_entry(ss_plugin_table_t *t, const ss_plugin_state_data *key,
                                          ss_plugin_table_entry_t *entry)
{
    (void)t, (void)key, (void)entry;
    return NULL;
}

static ss_plugin_rc write_field(ss_plugin_table_t *t, ss_plugin_table_entry_t *e,
                                const ss_plugin_table_field_t *f, const ss_plugin_state_data *in)
{
    (void)t, (void)e, (void)f, (void)in;
    return SS_PLUGIN_FAILURE;
}

ss_plugin_table_fields_vtable_ext v3_table_fields = {list_fields, get_field, get_field};
ss_plugin_table_reader_vtable_ext v3_table_reader = {get_name,   get_size,      get_entry,
                                                     read_field, release_entry, iterate};
ss_plugin_table_writer_vtable_ext v3_table_writer = {clear,         erase,     create_entry,
                                                     release_entry, add_entry, write_field};
