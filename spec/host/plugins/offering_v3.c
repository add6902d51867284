/*
 * A plugin that offers the state table "stock", with three of "nuts" under key 1. Its config
 * says which rule of offering it breaks. $API while it is loaded: the version it asks for.
 */
#include "shared/stock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct plugin {
    struct stock *stock;
    ss_plugin_table_reader_vtable_ext reader;
    char error[256];
};

const char *plugin_get_required_api_version(void)
{
    static char version[16];
    const char *wanted = getenv("API");

    snprintf(version, sizeof version, "%s", wanted != NULL ? wanted : "3.5.0");
    return version;
}

const char *plugin_get_name(void)
{
    return "offering";
}

const char *plugin_get_description(void)
{
    return "-";
}

const char *plugin_get_contact(void)
{
    return "-";
}

const char *plugin_get_version(void)
{
    return "1.0.0";
}

const char *plugin_get_parse_event_sources(void)
{
    return "[\"tables\"]";
}

/* Puts three nuts into the stock, by its own functions. */
static void fill(ss_plugin_table_input *in)
{
    ss_plugin_state_data key = {.u64 = 1}, value = {.s64 = 3};
    ss_plugin_table_entry_t *entry = in->writer.create_table_entry(in->table);

    in->writer.write_entry_field(in->table, entry,
                                 in->fields.get_table_field(in->table, "count", SS_PLUGIN_ST_INT64), &value);
    value.str = "nuts";
    in->writer.write_entry_field(in->table, entry,
                                 in->fields.get_table_field(in->table, "label", SS_PLUGIN_ST_STRING), &value);
    entry = in->writer.add_table_entry(in->table, &key, entry);
    in->reader_ext->release_table_entry(in->table, entry);
}

static void break_rule(struct plugin *plugin, ss_plugin_table_input *in, const char *rule)
{
    if (strcmp(rule, "no name") == 0)
        in->name = NULL;
    else if (strcmp(rule, "no table") == 0)
        in->table = NULL;
    else if (strcmp(rule, "taken") == 0)
        in->name = "threads";
    else if (strcmp(rule, "table keys") == 0)
        in->key_type = SS_PLUGIN_ST_TABLE;
    else if (strcmp(rule, "no ext") == 0)
        in->writer_ext = NULL;
    else if (strcmp(rule, "inconsistent") == 0)
        in->fields.add_table_field = NULL;
    else if (strcmp(rule, "no release") == 0) {
        plugin->reader = *in->reader_ext;
        plugin->reader.release_table_entry = NULL;
        in->reader_ext = &plugin->reader;
    }
}

ss_plugin_t *plugin_init(const ss_plugin_init_input *input, ss_plugin_rc *rc)
{
    struct plugin *plugin = calloc(1, sizeof *plugin);
    ss_plugin_table_input *in;

    plugin->stock = stock_new();
    in = stock_input(plugin->stock);
    fill(in);
    break_rule(plugin, in, input->config);
    *rc = input->tables->add_table(input->owner, in);
    if (*rc == SS_PLUGIN_SUCCESS && strcmp(input->config, "twice") == 0)
        *rc = input->tables->add_table(input->owner, in);
    if (*rc != SS_PLUGIN_SUCCESS)
        snprintf(plugin->error, sizeof plugin->error, "%s", input->get_owner_last_error(input->owner));
    return plugin;
}

void plugin_destroy(ss_plugin_t *s)
{
    struct plugin *plugin = s;

    stock_free(plugin->stock);
    free(plugin);
}

const char *plugin_get_last_error(ss_plugin_t *s)
{
    struct plugin *plugin = s;

    return plugin->error[0] != '\0' ? plugin->error : stock_error;
}

ss_plugin_rc plugin_parse_event(ss_plugin_t *s, const ss_plugin_event_input *evt,
                                const ss_plugin_event_parse_input *in)
{
    (void)s, (void)evt, (void)in;
    return SS_PLUGIN_SUCCESS;
}

uint16_t *plugin_get_parse_event_types(uint32_t *numtypes, ss_plugin_t *s)
{
    static uint16_t types[] = {PPME_PLUGINEVENT_E};

    (void)s;
    *numtypes = 1;
    return types;
}
