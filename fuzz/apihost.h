/*
 * apihost: the functions of a host of the plugin API 3, for api_v3. It has no tables of its own; owners are
 * where it keeps the table that a plugin offered last.
 */
#ifndef LURE_FUZZ_APIHOST_H
#define LURE_FUZZ_APIHOST_H

#include "apicommon.h"
#include "v3/abi.h"

static bool refuses; /* functions of the host fail */

static const char *host_error(ss_plugin_owner_t *owner)
{
    (void)owner;
    return "the host's error \xff\x1b";
}

static void host_log(ss_plugin_owner_t *owner, const char *component, const char *text,
                     ss_plugin_log_severity level)
{
    (void)owner;
    (void)level;
    check_text("log", text);
    check_text("component", component);
}

static ss_plugin_rc host_take(ss_plugin_owner_t *owner, const ss_plugin_event *event, char *error)
{
    (void)owner;
    read_all(event, event->len);
    if (refuses && error != NULL) {
        snprintf(error, PLUGIN_MAX_ERRLEN, "refused \xff");
    }
    return refuses ? SS_PLUGIN_FAILURE : SS_PLUGIN_SUCCESS;
}

static ss_plugin_table_info *host_list_tables(ss_plugin_owner_t *owner, uint32_t *count)
{
    static ss_plugin_table_info none;

    (void)owner;
    *count = 0;
    return &none;
}

static ss_plugin_table_t *host_get_table(ss_plugin_owner_t *owner, const char *name, ss_plugin_state_type key)
{
    (void)owner;
    (void)name;
    (void)key;
    return NULL;
}

static ss_plugin_rc host_add_table(ss_plugin_owner_t *owner, const ss_plugin_table_input *table)
{
    *(ss_plugin_table_input *)owner = *table;
    return refuses ? SS_PLUGIN_FAILURE : SS_PLUGIN_SUCCESS;
}

static ss_plugin_routine_t *host_subscribe(ss_plugin_owner_t *owner, ss_plugin_routine_fn_t function,
                                           ss_plugin_routine_state_t *state)
{
    (void)owner;
    (void)function;
    (void)state;
    return NULL;
}

static ss_plugin_rc host_unsubscribe(ss_plugin_owner_t *owner, ss_plugin_routine_t *routine)
{
    (void)owner;
    (void)routine;
    return SS_PLUGIN_FAILURE;
}

static ss_plugin_bool host_count_entry(ss_plugin_table_iterator_state_t *state,
                                       ss_plugin_table_entry_t *entry)
{
    (void)entry;
    return ++*(unsigned *)state < 5;
}

/* Another plugin uses the table, if there is one. */
static void host_use_table(const ss_plugin_table_input *table)
{
    const ss_plugin_state_data key = {.s64 = input_below(8)};
    ss_plugin_table_entry_t *entry;
    ss_plugin_state_data value = {.s64 = 0};
    unsigned count = 0;

    if (table->table == NULL) {
        return;
    }
    entry = input_once_in(2) ? table->reader_ext->get_table_entry(table->table, &key)
                             : table->writer_ext->create_table_entry(table->table);
    table->reader_ext->iterate_entries(table->table, host_count_entry, &count);
    if (entry != NULL) {
        const ss_plugin_table_field_t *field =
            table->fields_ext->get_table_field(table->table, "s", SS_PLUGIN_ST_STRING);

        if (input_once_in(2)) {
            table->writer_ext->erase_table_entry(table->table, &key);
        }
        table->reader_ext->read_entry_field(table->table, entry, field, &value);
        check_text("text in a table", value.str);
        table->reader_ext->release_table_entry(table->table, entry);
    }
}

#endif
