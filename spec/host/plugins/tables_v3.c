/*
 * A plugin that works on the state tables of others. The payload of an event says what it
 * does on thread 7; the config, which table it looks for besides. $API: as in offering_v3.c.
 */
#include "v3/abi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct plugin {
    ss_plugin_owner_t *owner;
    const char *(*owner_error)(ss_plugin_owner_t *o);
    ss_plugin_table_t *threads, *other, *kept_table;
    ss_plugin_table_entry_t *kept;
    ss_plugin_table_field_t *comm, *cwd, *seen, *descriptors, *name, *mark, *other_count;
    int plain;
    char error[512];
};

static int plain; /* loaded as a plugin made for 3.0 */

const char *plugin_get_required_api_version(void)
{
    static char version[16];
    const char *wanted = getenv("API");

    plain = wanted != NULL && strcmp(wanted, "3.0.0") == 0;
    snprintf(version, sizeof version, "%s", wanted != NULL ? wanted : "3.5.0");
    return version;
}

const char *plugin_get_name(void)
{
    return "tables";
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

const char *plugin_get_fields(void)
{
    return "[{\"name\":\"tables.comm\",\"type\":\"string\",\"desc\":\"Name of thread 7\"}]";
}

const char *plugin_get_extract_event_sources(void)
{
    return "[\"tables\"]";
}

const char *plugin_get_parse_event_sources(void)
{
    return "[\"tables\",\"syscall\"]";
}

uint16_t *plugin_get_extract_event_types(uint32_t *numtypes, ss_plugin_t *s)
{
    static uint16_t types[] = {PPME_PLUGINEVENT_E};

    (void)s;
    *numtypes = 1;
    return types;
}

uint16_t *plugin_get_parse_event_types(uint32_t *numtypes, ss_plugin_t *s)
{
    static uint16_t types[] = {PPME_PLUGINEVENT_E, 3};

    (void)s;
    *numtypes = 2;
    return types;
}

const char *plugin_get_required_event_schema_version(ss_plugin_t *s)
{
    (void)s;
    return "4.0.0";
}

static ss_plugin_rc fail(struct plugin *plugin, const char *what)
{
    const char *text = plugin->owner_error(plugin->owner);

    snprintf(plugin->error, sizeof plugin->error, "%s: %s", what, text != NULL ? text : "(no text)");
    return SS_PLUGIN_FAILURE;
}

/* The fields of file descriptors, by way of an entry made for that. */
static ss_plugin_rc find_descriptors(struct plugin *plugin, const ss_plugin_init_tables_input *in)
{
    ss_plugin_table_entry_t *entry;
    ss_plugin_state_data value;
    ss_plugin_rc rc;

    plugin->descriptors = in->fields.get_table_field(plugin->threads, "file_descriptors", SS_PLUGIN_ST_TABLE);
    if (plugin->descriptors == NULL)
        return fail(plugin, "file_descriptors");
    entry = in->writer_ext->create_table_entry(plugin->threads);
    rc = in->reader_ext->read_entry_field(plugin->threads, entry, plugin->descriptors, &value);
    if (rc == SS_PLUGIN_SUCCESS) {
        plugin->name = in->fields_ext->get_table_field(value.table, "name", SS_PLUGIN_ST_STRING);
        plugin->mark = in->fields_ext->add_table_field(value.table, "spec.mark", SS_PLUGIN_ST_INT16);
    }
    in->writer_ext->destroy_table_entry(plugin->threads, entry);
    return rc;
}

static ss_plugin_rc find_tables(struct plugin *plugin, const ss_plugin_init_input *input)
{
    const ss_plugin_init_tables_input *in = input->tables;
    ss_plugin_state_type type =
        strcmp(input->config, "wrong key") == 0 ? SS_PLUGIN_ST_STRING : SS_PLUGIN_ST_INT64;

    plugin->threads = in->get_table(input->owner, "threads", type);
    if (plugin->threads == NULL)
        return fail(plugin, "threads");
    plugin->comm = in->fields.get_table_field(plugin->threads, "comm", SS_PLUGIN_ST_STRING);
    plugin->cwd = in->fields.get_table_field(plugin->threads, "cwd", SS_PLUGIN_ST_STRING);
    plugin->seen = in->fields.add_table_field(plugin->threads, "spec.seen", SS_PLUGIN_ST_UINT64);
    if (plugin->comm == NULL || plugin->cwd == NULL || plugin->seen == NULL)
        return fail(plugin, "fields");
    if (strcmp(input->config, "wrong field") == 0 &&
        in->fields.get_table_field(plugin->threads, "comm", SS_PLUGIN_ST_INT8) == NULL)
        return fail(plugin, "comm");
    if (strcmp(input->config, "unknown field") == 0 &&
        in->fields.get_table_field(plugin->threads, "nothing", SS_PLUGIN_ST_INT8) == NULL)
        return fail(plugin, "nothing");
    if (strcmp(input->config, "static field") == 0 &&
        in->fields.add_table_field(plugin->threads, "comm", SS_PLUGIN_ST_STRING) == NULL)
        return fail(plugin, "comm");
    if (strcmp(input->config, "table field") == 0 &&
        in->fields.add_table_field(plugin->threads, "x", SS_PLUGIN_ST_TABLE) == NULL)
        return fail(plugin, "x");
    if (strcmp(input->config, "stock") == 0) {
        plugin->other = in->get_table(input->owner, "stock", SS_PLUGIN_ST_UINT64);
        if (plugin->other == NULL)
            return fail(plugin, "stock");
        plugin->other_count = in->fields.get_table_field(plugin->other, "count", SS_PLUGIN_ST_INT64);
    }
    return plugin->plain ? SS_PLUGIN_SUCCESS : find_descriptors(plugin, in);
}

ss_plugin_t *plugin_init(const ss_plugin_init_input *input, ss_plugin_rc *rc)
{
    struct plugin *plugin = calloc(1, sizeof *plugin);

    plugin->owner = input->owner;
    plugin->plain = plain;
    plugin->owner_error = input->get_owner_last_error;
    *rc = find_tables(plugin, input);
    return plugin;
}

void plugin_destroy(ss_plugin_t *s)
{
    free(s);
}

const char *plugin_get_last_error(ss_plugin_t *s)
{
    return ((struct plugin *)s)->error;
}

ss_plugin_rc plugin_extract_fields(ss_plugin_t *s, const ss_plugin_event_input *evt,
                                   const ss_plugin_field_extract_input *in)
{
    static char text[32];
    static const char *answer = text;
    struct plugin *plugin = s;
    ss_plugin_state_data key = {.s64 = 7}, value;
    ss_plugin_table_entry_t *entry = in->table_reader.get_table_entry(plugin->threads, &key);

    (void)evt;
    if (entry == NULL)
        return fail(plugin, "thread 7");
    in->table_reader.read_entry_field(plugin->threads, entry, plugin->comm, &value);
    snprintf(text, sizeof text, "%s", value.str);
    if (!plugin->plain)
        in->table_reader_ext->release_table_entry(plugin->threads, entry);
    in->fields->res.str = &answer;
    in->fields->res_len = 1;
    return SS_PLUGIN_SUCCESS;
}

/* ---- what the payload asks for; `in` has the ext functions but for 3.0 ---- */

struct counted {
    const ss_plugin_event_parse_input *in;
    struct plugin *plugin;
    ss_plugin_table_t *table;
    uint64_t entries;
    ss_plugin_table_entry_t *last;
};

static ss_plugin_bool count(ss_plugin_table_iterator_state_t *s, ss_plugin_table_entry_t *e)
{
    struct counted *counted = s;

    counted->entries++;
    counted->last = e;
    return 1;
}

static ss_plugin_bool erase_all(ss_plugin_table_iterator_state_t *s, ss_plugin_table_entry_t *e)
{
    struct counted *counted = s;
    ss_plugin_state_data key = {.s64 = 7};

    (void)e;
    counted->in->table_writer_ext->erase_table_entry(counted->table, &key);
    return 1;
}

static ss_plugin_rc work_on_descriptors(struct plugin *plugin, ss_plugin_table_entry_t *entry,
                                        const char *what, const ss_plugin_event_parse_input *in)
{
    const ss_plugin_table_reader_vtable_ext *reader = in->table_reader_ext;
    const ss_plugin_table_writer_vtable_ext *writer = in->table_writer_ext;
    ss_plugin_state_data key = {.s64 = 3}, value;
    ss_plugin_table_t *table;

    if (reader->read_entry_field(plugin->threads, entry, plugin->descriptors, &value) != SS_PLUGIN_SUCCESS)
        return fail(plugin, "file_descriptors");
    table = value.table;
    plugin->kept_table = table;
    if (strcmp(what, "open") == 0) {
        ss_plugin_table_entry_t *made = writer->create_table_entry(table);
        value.str = "/etc/passwd";
        writer->write_entry_field(table, made, plugin->name, &value);
        value.s16 = -5;
        writer->write_entry_field(table, made, plugin->mark, &value);
        made = writer->add_table_entry(table, &key, made);
        reader->release_table_entry(table, made);
    } else if (strcmp(what, "field of threads") == 0) {
        ss_plugin_table_entry_t *made = writer->create_table_entry(table);
        reader->read_entry_field(table, made, plugin->comm, &value);
        writer->destroy_table_entry(table, made);
    }
    return SS_PLUGIN_SUCCESS;
}

static ss_plugin_rc write_text(struct plugin *plugin, ss_plugin_table_entry_t *entry,
                               ss_plugin_table_field_t *field, const char *text,
                               const ss_plugin_event_parse_input *in)
{
    ss_plugin_state_data value = {.str = text};

    if (in->table_writer.write_entry_field(plugin->threads, entry, field, &value) != SS_PLUGIN_SUCCESS)
        return fail(plugin, "writing");
    return SS_PLUGIN_SUCCESS;
}

static ss_plugin_rc see(struct plugin *plugin, ss_plugin_table_entry_t *entry,
                        const ss_plugin_event_parse_input *in)
{
    ss_plugin_state_data value;

    if (in->table_reader.read_entry_field(plugin->threads, entry, plugin->seen, &value) != SS_PLUGIN_SUCCESS)
        return fail(plugin, "reading");
    value.u64++;
    in->table_writer.write_entry_field(plugin->threads, entry, plugin->seen, &value);
    return SS_PLUGIN_SUCCESS;
}

/* What needs no thread. False: it is something else. */
static int without_thread(struct plugin *plugin, const char *what, const ss_plugin_event_parse_input *in,
                          ss_plugin_rc *rc)
{
    ss_plugin_table_t *threads = plugin->threads;
    const ss_plugin_table_reader_vtable_ext *reader = in->table_reader_ext;
    const ss_plugin_table_writer_vtable_ext *writer = in->table_writer_ext;
    ss_plugin_state_data key = {.s64 = 9}, value = {.str = "made"};
    struct counted counted = {in, plugin, threads, 0, NULL};
    ss_plugin_table_entry_t *entry;

    *rc = SS_PLUGIN_SUCCESS;
    if (strcmp(what, "make") == 0) {
        entry = writer->create_table_entry(threads);
        writer->write_entry_field(threads, entry, plugin->comm, &value);
        entry = writer->add_table_entry(threads, &key, entry);
        reader->release_table_entry(threads, entry);
    } else if (strcmp(what, "create") == 0) {
        writer->create_table_entry(threads);
    } else if (strcmp(what, "release created") == 0) {
        reader->release_table_entry(threads, writer->create_table_entry(threads));
    } else if (strcmp(what, "add twice") == 0) {
        entry = writer->create_table_entry(threads);
        reader->release_table_entry(threads, writer->add_table_entry(threads, &key, entry));
        writer->add_table_entry(threads, &key, entry);
    } else if (strcmp(what, "iterate") == 0) {
        if (!reader->iterate_entries(threads, count, &counted) ||
            counted.entries != reader->get_table_size(threads))
            *rc = fail(plugin, "iterating");
    } else if (strcmp(what, "use iterated") == 0) {
        reader->iterate_entries(threads, count, &counted);
        reader->read_entry_field(threads, counted.last, plugin->comm, &value);
    } else if (strcmp(what, "erase while iterating") == 0) {
        reader->iterate_entries(threads, erase_all, &counted);
    } else if (strcmp(what, "use kept") == 0) {
        reader->get_table_size(plugin->kept_table);
    } else if (strcmp(what, "read kept") == 0) {
        *rc = reader->read_entry_field(threads, plugin->kept, plugin->comm, &value);
        reader->release_table_entry(threads, plugin->kept);
    } else if (strcmp(what, "take stock") == 0) {
        key.u64 = 1;
        entry = reader->get_table_entry(plugin->other, &key);
        if (entry == NULL) {
            *rc = fail(plugin, "stock");
            return 1;
        }
        reader->read_entry_field(plugin->other, entry, plugin->other_count, &value);
        value.s64--;
        writer->write_entry_field(plugin->other, entry, plugin->other_count, &value);
        reader->release_table_entry(plugin->other, entry);
    } else {
        return 0;
    }
    return 1;
}

/* False: the entry is not to be released any more. */
static int with_thread(struct plugin *plugin, const char *what, ss_plugin_table_entry_t *entry,
                       const ss_plugin_event_parse_input *in, ss_plugin_rc *rc)
{
    ss_plugin_state_data value;

    *rc = SS_PLUGIN_SUCCESS;
    if (strcmp(what, "see") == 0) {
        *rc = see(plugin, entry, in);
    } else if (strcmp(what, "rename") == 0) {
        *rc = write_text(plugin, entry, plugin->comm, "renamed", in);
    } else if (strcmp(what, "move") == 0) {
        *rc = write_text(plugin, entry, plugin->cwd, "/", in);
    } else if (strcmp(what, "greedy") == 0) {
        *rc = in->table_reader_ext != NULL ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
    } else if (strcmp(what, "leak") == 0) {
        return 0;
    } else if (strcmp(what, "keep") == 0) {
        plugin->kept = entry;
        return 0;
    } else if (strcmp(what, "release twice") == 0) {
        in->table_reader_ext->release_table_entry(plugin->threads, entry);
    } else if (strcmp(what, "use released") == 0) {
        in->table_reader_ext->release_table_entry(plugin->threads, entry);
        in->table_reader_ext->read_entry_field(plugin->threads, entry, plugin->comm, &value);
        return 0;
    } else if (strcmp(what, "destroy") == 0) {
        in->table_writer_ext->destroy_table_entry(plugin->threads, entry);
    } else {
        *rc = work_on_descriptors(plugin, entry, what, in);
    }
    return 1;
}

ss_plugin_rc plugin_parse_event(ss_plugin_t *s, const ss_plugin_event_input *evt,
                                const ss_plugin_event_parse_input *in)
{
    struct plugin *plugin = s;
    ss_plugin_state_data key = {.s64 = 7};
    ss_plugin_table_entry_t *entry;
    char what[64] = "see";
    ss_plugin_rc rc;
    int release;

    if (evt->evt->type == PPME_PLUGINEVENT_E)
        snprintf(what, sizeof what, "%.*s", (int)(evt->evt->len - PLUGIN_EVENT_PAYLOAD_OFFSET),
                 (const char *)evt->evt + PLUGIN_EVENT_PAYLOAD_OFFSET);
    else
        key.s64 = (int64_t)evt->evt->tid;
    if (!plugin->plain && without_thread(plugin, what, in, &rc))
        return rc;
    entry = in->table_reader.get_table_entry(plugin->threads, &key);
    if (entry == NULL)
        return fail(plugin, "thread");
    release = with_thread(plugin, what, entry, in, &rc);
    if (release && !plugin->plain)
        in->table_reader_ext->release_table_entry(plugin->threads, entry);
    return rc;
}
