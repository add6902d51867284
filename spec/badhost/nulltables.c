/*
 * nulltables_v3 LIBRARY: another plugin that passes NULL to each function of a table that a script offers.
 *
 * The script that LURE_SCRIPT names offers one table, whose keys and whose field "text" are strings.
 */
#include "v3/abi.h"

#include "loaded.h"

#include <unistd.h>

static ss_plugin_table_input table;
static ss_plugin_state_data key = {.str = "key"}, text = {.str = "text"}, no_text;

static struct {
    ss_plugin_table_t *table;
    const ss_plugin_state_data *key, *in;
    ss_plugin_state_data *out;
    ss_plugin_table_entry_t *entry;
    ss_plugin_table_field_t *field;
    const char *name;
    ss_plugin_table_iterator_func_t visit;
    uint32_t *count;
} given, good;

static ss_plugin_rc add_table(ss_plugin_owner_t *owner, const ss_plugin_table_input *input)
{
    (void)owner;
    table = *input;
    return SS_PLUGIN_SUCCESS;
}

static ss_plugin_bool visit(ss_plugin_table_iterator_state_t *s, ss_plugin_table_entry_t *e)
{
    (void)s, (void)e;
    return 1;
}

static void call_all(void)
{
    const ss_plugin_table_reader_vtable_ext *reader = table.reader_ext;
    const ss_plugin_table_writer_vtable_ext *writer = table.writer_ext;
    const ss_plugin_table_fields_vtable_ext *fields = table.fields_ext;
    ss_plugin_table_entry_t *made = writer->create_table_entry(given.table), *entry;

    fields->list_table_fields(given.table, given.count);
    fields->get_table_field(given.table, given.name, SS_PLUGIN_ST_STRING);
    fields->add_table_field(given.table, given.name, SS_PLUGIN_ST_STRING);
    reader->get_table_name(given.table);
    reader->get_table_size(given.table);
    reader->release_table_entry(given.table, reader->get_table_entry(given.table, given.key));
    reader->read_entry_field(given.table, given.entry, given.field, given.out);
    reader->iterate_entries(given.table, given.visit, NULL);
    writer->write_entry_field(given.table, given.entry, given.field, given.in);
    entry = writer->add_table_entry(given.table, given.key, made);
    writer->destroy_table_entry(given.table, entry);
    if (entry == NULL && made != NULL) { /* it is still ours */
        writer->destroy_table_entry(table.table, made);
    }
    writer->erase_table_entry(given.table, given.key);
    writer->add_table_entry(given.table, given.key, NULL);
    writer->clear_table(given.table);
}

/* An entry goes in and out. */
static void expect_works(void)
{
    ss_plugin_table_entry_t *entry = table.writer_ext->create_table_entry(table.table);

    entry = table.writer_ext->add_table_entry(table.table, &key, entry);
    expect(entry != NULL && table.writer_ext->write_entry_field(table.table, entry, good.field, &text) ==
                                SS_PLUGIN_SUCCESS,
           "an entry");
    table.reader_ext->release_table_entry(table.table, entry);
    expect(table.reader_ext->get_table_size(table.table) == 1, "its table");
    expect(table.writer_ext->clear_table(table.table) == SS_PLUGIN_SUCCESS, "clear_table");
}

int main(int argc, char **argv)
{
    static const ss_plugin_init_tables_input tables = {.add_table = add_table};
    ss_plugin_init_input input = {.config = "{}", .tables = &tables};
    ss_plugin_state_data out;
    uint32_t count;
    ss_plugin_rc rc;
    ss_plugin_t *state;

    if (argc != 2) {
        return 2;
    }
    alarm(60);
    library_path = argv[1];
    load();
    state = api.init(&input, &rc);
    expect(rc == SS_PLUGIN_SUCCESS, api.get_last_error(state));
    good.table = table.table;
    good.key = &key;
    good.in = &text;
    good.out = &out;
    good.entry = table.writer_ext->create_table_entry(table.table);
    good.name = "text";
    good.field = table.fields_ext->get_table_field(table.table, "text", SS_PLUGIN_ST_STRING);
    good.visit = visit;
    good.count = &count;
    for (size_t word = 0; word < sizeof(given) / sizeof(uintptr_t); word++) {
        given = good;
        ((uintptr_t *)(void *)&given)[word] = 0;
        call_all();
        expect_works();
    }
    given = good;
    given.key = &no_text;
    call_all();
    expect(strstr(api.get_last_error(state), "passes NULL") != NULL, api.get_last_error(state));
    expect_works();
    table.writer_ext->destroy_table_entry(table.table, good.entry);
    api.destroy(state);
    return 0;
}
