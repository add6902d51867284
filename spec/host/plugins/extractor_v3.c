/*
 * A well-behaved extractor of API 3.12: it reads every member that a host of that version
 * passes, logs, tells where its value stands, and notices arguments that it kept. The event
 * schema that it asks for is $SCHEMA at its loading.
 */
#include "v3/abi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct plugin {
    ss_plugin_owner_t *owner;
    ss_plugin_log_fn_t log;
    const char *config;                 /* kept on purpose: hosts do not leave it there */
    const ss_plugin_event_input *shown; /* the same */
    char text[64];
    const char *strings[2];
    uint32_t starts[2], lengths[2];
};

const char *plugin_get_required_api_version(void)
{
    return "3.12.0";
}

static char schema[16];

const char *plugin_get_name(void)
{
    const char *wanted = getenv("SCHEMA");

    snprintf(schema, sizeof schema, "%s", wanted != NULL ? wanted : "4.0.0");
    return "words";
}

const char *plugin_get_description(void)
{
    return "The words of a payload";
}

const char *plugin_get_contact(void)
{
    return "specs of lure.host";
}

const char *plugin_get_version(void)
{
    return "0.1.0";
}

const char *plugin_get_fields(void)
{
    return "[{\"name\":\"words.both\",\"type\":\"string\",\"isList\":true,\"desc\":\"The first two words\"},"
           "{\"name\":\"words.config\",\"type\":\"string\",\"desc\":\"The config, as it stands now\"}]";
}

const char *plugin_get_extract_event_sources(void)
{
    return "[\"counter\",\"text\"]";
}

uint16_t *plugin_get_extract_event_types(uint32_t *numtypes, ss_plugin_t *s)
{
    static uint16_t types[] = {PPME_PLUGINEVENT_E, PPME_ASYNCEVENT_E};

    *numtypes = s != NULL ? 2 : 0;
    return types;
}

const char *plugin_get_required_event_schema_version(ss_plugin_t *s)
{
    (void)s;
    return schema[0] != '\0' ? schema : NULL;
}

ss_plugin_t *plugin_init(const ss_plugin_init_input *input, ss_plugin_rc *rc)
{
    struct plugin *plugin = calloc(1, sizeof *plugin);
    uint32_t tables = 0;

    plugin->owner = input->owner;
    plugin->log = input->log_fn;
    plugin->config = input->config;
    input->log_fn(input->owner, NULL, "hello", SS_PLUGIN_LOG_SEV_INFO);
    input->tables->list_tables(input->owner, &tables);
    *rc =
        tables == 1 && input->tables->writer_ext->clear_table != NULL ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
    return plugin;
}

void plugin_destroy(ss_plugin_t *s)
{
    free(s);
}

const char *plugin_get_last_error(ss_plugin_t *s)
{
    const struct plugin *plugin = s;

    if (plugin == NULL || plugin->shown == NULL) {
        return "";
    }
    return plugin->shown->evtnum == 7 ? "still there" : "gone";
}

static void answer_words(struct plugin *plugin, ss_plugin_extract_field *field, const ss_plugin_event *event,
                         ss_plugin_extract_value_offsets *offsets)
{
    char *space;

    snprintf(plugin->text, sizeof plugin->text, "%.*s", (int)(event->len - PLUGIN_EVENT_PAYLOAD_OFFSET),
             (const char *)event + PLUGIN_EVENT_PAYLOAD_OFFSET);
    plugin->strings[0] = plugin->text;
    field->res_len = 1;
    space = strchr(plugin->text, ' ');
    if (space != NULL) {
        *space = '\0';
        plugin->strings[field->res_len++] = space + 1;
    }
    for (uint64_t i = 0; i < field->res_len; i++) {
        plugin->starts[i] = (uint32_t)(PLUGIN_EVENT_PAYLOAD_OFFSET + (plugin->strings[i] - plugin->text));
        plugin->lengths[i] = (uint32_t)strlen(plugin->strings[i]);
    }
    field->res.str = plugin->strings;
    if (offsets != NULL) {
        offsets->start = plugin->starts;
        offsets->length = plugin->lengths;
    }
}

ss_plugin_rc plugin_extract_fields(ss_plugin_t *s, const ss_plugin_event_input *evt,
                                   const ss_plugin_field_extract_input *in)
{
    struct plugin *plugin = s;
    static const char *config;

    plugin->log(plugin->owner, "words", in->fields[0].field, SS_PLUGIN_LOG_SEV_DEBUG);
    plugin->shown = evt;
    config = plugin->config[0] == 'x' ? "still there" : "gone";
    for (uint32_t i = 0; i < in->num_fields; i++) {
        if (in->fields[i].field_id == 0) {
            answer_words(plugin, &in->fields[i], evt->evt, in->value_offsets);
        } else {
            in->fields[i].res_len = 1;
            in->fields[i].res.str = &config;
        }
    }
    return SS_PLUGIN_SUCCESS;
}
