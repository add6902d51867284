/*
 * A plugin that adds to the table "users" of another plugin, and leaves an iteration over it by longjmp: for
 * every event three times, at different depths of the stack.
 */
#include "v3/abi.h"

#include <setjmp.h>
#include <stdlib.h>

struct plugin {
    ss_plugin_table_t *users;
    ss_plugin_table_reader_vtable_ext reader;
    ss_plugin_table_writer_vtable_ext writer;
    jmp_buf left;
};

const char *plugin_get_required_api_version(void)
{
    return "3.5.0";
}

const char *plugin_get_name(void)
{
    return "jumping";
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

uint16_t *plugin_get_parse_event_types(uint32_t *numtypes, ss_plugin_t *s)
{
    static uint16_t types[] = {PPME_PLUGINEVENT_E};

    (void)s;
    *numtypes = 1;
    return types;
}

ss_plugin_t *plugin_init(const ss_plugin_init_input *input, ss_plugin_rc *rc)
{
    struct plugin *plugin = calloc(1, sizeof *plugin);

    plugin->users = input->tables->get_table(input->owner, "users", SS_PLUGIN_ST_STRING);
    *rc = plugin->users != NULL ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
    return plugin;
}

void plugin_destroy(ss_plugin_t *s)
{
    free(s);
}

const char *plugin_get_last_error(ss_plugin_t *s)
{
    (void)s;
    return "";
}

/* Erases what it is shown, and does not return. */
static ss_plugin_bool leave(ss_plugin_table_iterator_state_t *s, ss_plugin_table_entry_t *e)
{
    struct plugin *plugin = s;

    (void)e;
    plugin->writer.clear_table(plugin->users);
    longjmp(plugin->left, 1);
}

static void add(struct plugin *plugin, const char *name)
{
    ss_plugin_table_entry_t *entry = plugin->writer.create_table_entry(plugin->users);
    ss_plugin_state_data key = {.str = name};

    entry = plugin->writer.add_table_entry(plugin->users, &key, entry);
    plugin->reader.release_table_entry(plugin->users, entry);
}

/* `depth` frames further down the stack. */
static __attribute__((noinline)) void iterate(struct plugin *plugin, int depth)
{
    volatile int further = depth;

    if (further > 0)
        iterate(plugin, further - 1);
    else
        plugin->reader.iterate_entries(plugin->users, leave, plugin);
    further = 0;
}

ss_plugin_rc plugin_parse_event(ss_plugin_t *s, const ss_plugin_event_input *evt,
                                const ss_plugin_event_parse_input *in)
{
    struct plugin *plugin = s;

    (void)evt;
    plugin->reader = *in->table_reader_ext;
    plugin->writer = *in->table_writer_ext;
    for (volatile int times = 3; times > 0; times--) {
        add(plugin, "ann");
        add(plugin, "bob");
        if (setjmp(plugin->left) == 0)
            iterate(plugin, times);
    }
    return SS_PLUGIN_SUCCESS;
}
