#include "testhost/accessor.h"
#include "testhost/driver.h"

#include <stdlib.h>
#include <string.h>

/* Tables that plugins offer: the functions call those of the owner, as libsinsp's wrapper does. The message
 * of a failure is the owner's last error. */

static const ss_plugin_table_input *input_of(const struct accessor *table)
{
    return &table->foreign->input;
}

/* Tells the client why the owner failed. */
static void pass_error(const struct accessor *table)
{
    plugin_owner_fail(table->client->errors, "%s", state_last_error(table->foreign->owner));
}

static const ss_plugin_table_fieldinfo *list_fields(ss_plugin_table_t *t, uint32_t *count)
{
    const struct accessor *table = t;
    const ss_plugin_table_fieldinfo *list =
        table->foreign->fields.list_table_fields(input_of(table)->table, count);

    if (list == NULL)
        pass_error(table);
    return list;
}

static ss_plugin_table_field_t *get_field(ss_plugin_table_t *t, const char *name, ss_plugin_state_type type)
{
    const struct accessor *table = t;
    ss_plugin_table_field_t *field =
        table->foreign->fields.get_table_field(input_of(table)->table, name, type);

    if (field == NULL)
        pass_error(table);
    return field;
}

static ss_plugin_table_field_t *add_field(ss_plugin_table_t *t, const char *name, ss_plugin_state_type type)
{
    const struct accessor *table = t;
    ss_plugin_table_field_t *field =
        table->foreign->fields.add_table_field(input_of(table)->table, name, type);

    if (field == NULL)
        pass_error(table);
    return field;
}

/* libsinsp tells the name as it was added; libs of 3.0 ask the owner, which so is tried too. */
static const char *get_name(ss_plugin_table_t *t)
{
    const struct accessor *table = t;

    return table->foreign->reader.get_table_name(input_of(table)->table);
}

static uint64_t get_size(ss_plugin_table_t *t)
{
    const struct accessor *table = t;
    uint64_t size = table->foreign->reader.get_table_size(input_of(table)->table);

    if (size == UINT64_MAX)
        pass_error(table);
    return size;
}

static ss_plugin_table_entry_t *get_entry(ss_plugin_table_t *t, const ss_plugin_state_data *key)
{
    const struct accessor *table = t;
    ss_plugin_table_entry_t *entry = table->foreign->reader.get_table_entry(input_of(table)->table, key);

    if (entry == NULL)
        pass_error(table);
    return entry;
}

static ss_plugin_rc read_field(ss_plugin_table_t *t, ss_plugin_table_entry_t *e,
                               const ss_plugin_table_field_t *f, ss_plugin_state_data *out)
{
    const struct accessor *table = t;
    ss_plugin_rc rc;

    memset(out, 0, sizeof *out);
    rc = table->foreign->reader.read_entry_field(input_of(table)->table, e, f, out);
    if (rc != SS_PLUGIN_SUCCESS)
        pass_error(table);
    return rc;
}

static void release_entry(ss_plugin_table_t *t, ss_plugin_table_entry_t *e)
{
    const struct accessor *table = t;

    table->foreign->reader.release_table_entry(input_of(table)->table, e);
}

static ss_plugin_bool iterate(ss_plugin_table_t *t, ss_plugin_table_iterator_func_t it,
                              ss_plugin_table_iterator_state_t *s)
{
    const struct accessor *table = t;

    return table->foreign->reader.iterate_entries(input_of(table)->table, it, s);
}

static ss_plugin_rc clear(ss_plugin_table_t *t)
{
    const struct accessor *table = t;
    ss_plugin_rc rc = table->foreign->writer.clear_table(input_of(table)->table);

    if (rc != SS_PLUGIN_SUCCESS)
        pass_error(table);
    return rc;
}

static ss_plugin_rc erase(ss_plugin_table_t *t, const ss_plugin_state_data *key)
{
    const struct accessor *table = t;
    ss_plugin_rc rc = table->foreign->writer.erase_table_entry(input_of(table)->table, key);

    if (rc != SS_PLUGIN_SUCCESS)
        pass_error(table);
    return rc;
}

static ss_plugin_table_entry_t *create_entry(ss_plugin_table_t *t)
{
    const struct accessor *table = t;
    ss_plugin_table_entry_t *entry = table->foreign->writer.create_table_entry(input_of(table)->table);

    if (entry == NULL)
        pass_error(table);
    return entry;
}

static void destroy_entry(ss_plugin_table_t *t, ss_plugin_table_entry_t *e)
{
    const struct accessor *table = t;

    table->foreign->writer.destroy_table_entry(input_of(table)->table, e);
}

static ss_plugin_table_entry_t *add_entry(ss_plugin_table_t *t, const ss_plugin_state_data *key,
                                          ss_plugin_table_entry_t *e)
{
    const struct accessor *table = t;
    ss_plugin_table_entry_t *added = table->foreign->writer.add_table_entry(input_of(table)->table, key, e);

    if (added == NULL)
        pass_error(table);
    return added;
}

static ss_plugin_rc write_field(ss_plugin_table_t *t, ss_plugin_table_entry_t *e,
                                const ss_plugin_table_field_t *f, const ss_plugin_state_data *in)
{
    const struct accessor *table = t;
    ss_plugin_rc rc = table->foreign->writer.write_entry_field(input_of(table)->table, e, f, in);

    if (rc != SS_PLUGIN_SUCCESS)
        pass_error(table);
    return rc;
}

ss_plugin_table_fields_vtable_ext foreign_fields = {list_fields, get_field, add_field};
ss_plugin_table_reader_vtable_ext foreign_reader = {get_name,   get_size,      get_entry,
                                                    read_field, release_entry, iterate};
ss_plugin_table_writer_vtable_ext foreign_writer = {clear,         erase,     create_entry,
                                                    destroy_entry, add_entry, write_field};

void accessor_use_foreign(struct accessor *accessor, struct foreign *foreign)
{
    accessor->foreign = foreign;
    accessor->input.name = foreign->name;
    accessor->input.key_type = foreign->input.key_type;
    accessor_use(accessor, &foreign_reader, &foreign_writer, &foreign_fields);
}
