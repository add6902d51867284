/*
 * A well-behaved source of API 0.3.0: the numbers and some of the fields of counter_v3.c.
 */
#include "v0/abi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 3

struct plugin {
    char error[128];
};

struct instance {
    unsigned sent, total;
    char memory[BATCH][20];
    ss_plugin_event events[BATCH];
};

const char *plugin_get_required_api_version(void)
{
    return "0.3.0";
}

uint32_t plugin_get_type(void)
{
    return TYPE_SOURCE_PLUGIN;
}

const char *plugin_get_name(void)
{
    return "counter";
}

const char *plugin_get_description(void)
{
    return "Numbers that grow";
}

const char *plugin_get_contact(void)
{
    return "specs of lure.host";
}

const char *plugin_get_version(void)
{
    return "1.2.3";
}

uint32_t plugin_get_id(void)
{
    return 77;
}

const char *plugin_get_event_source(void)
{
    return "counter";
}

const char *plugin_get_fields(void)
{
    return "[{\"type\":\"uint64\",\"name\":\"counter.value\",\"desc\":\"The value\"},"
           "{\"type\":\"string\",\"name\":\"counter.said\",\"desc\":\"The argument\",\"argRequired\":true},"
           "{\"type\":\"string\",\"name\":\"counter.absent\",\"desc\":\"Nothing\"},"
           "{\"type\":\"string\",\"name\":\"counter.fails\",\"desc\":\"An error\"}]";
}

ss_plugin_t *plugin_init(const char *config, ss_plugin_rc *rc)
{
    struct plugin *plugin = calloc(1, sizeof *plugin);

    *rc = SS_PLUGIN_SUCCESS;
    if (strstr(config, "fail") != NULL) {
        snprintf(plugin->error, sizeof plugin->error, "the config says \"%s\"", config);
        *rc = SS_PLUGIN_FAILURE;
    }
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

ss_instance_t *plugin_open(ss_plugin_t *s, const char *params, ss_plugin_rc *rc)
{
    struct plugin *plugin = s;
    struct instance *instance;
    int total = atoi(params);

    if (total < 0) {
        snprintf(plugin->error, sizeof plugin->error, "cannot count to %s", params);
        *rc = SS_PLUGIN_FAILURE;
        return NULL;
    }
    instance = calloc(1, sizeof *instance);
    instance->total = (unsigned)total;
    *rc = SS_PLUGIN_SUCCESS;
    return instance;
}

void plugin_close(ss_plugin_t *s, ss_instance_t *h)
{
    (void)s;
    free(h);
}

ss_plugin_rc plugin_next_batch(ss_plugin_t *s, ss_instance_t *h, uint32_t *nevts, ss_plugin_event **evts)
{
    struct instance *instance = h;

    (void)s;
    *nevts = 0;
    while (*nevts < BATCH && instance->sent < instance->total) {
        ss_plugin_event *event = &instance->events[*nevts];
        event->datalen = (uint32_t)sprintf(instance->memory[*nevts], "%u", ++instance->sent);
        event->data = (uint8_t *)instance->memory[*nevts];
        event->ts = instance->sent == 1 ? UINT64_MAX : instance->sent * 1000;
        (*nevts)++;
    }
    *evts = instance->events;
    return *nevts > 0 ? SS_PLUGIN_SUCCESS : SS_PLUGIN_EOF;
}

const char *plugin_get_progress(ss_plugin_t *s, ss_instance_t *h, uint32_t *progress_pct)
{
    struct instance *instance = h;

    (void)s;
    *progress_pct = instance->sent * 10000 / (instance->total > 0 ? instance->total : 1);
    return "counting";
}

const char *plugin_event_to_string(ss_plugin_t *s, const uint8_t *data, uint32_t datalen)
{
    static char text[64];

    (void)s;
    snprintf(text, sizeof text, "number %.*s", (int)datalen, (const char *)data);
    return text;
}

ss_plugin_rc plugin_extract_fields(ss_plugin_t *s, const ss_plugin_event *evt, uint32_t num_fields,
                                   ss_plugin_extract_field *fields)
{
    static char said[16][32];
    struct plugin *plugin = s;

    for (uint32_t i = 0; i < num_fields; i++) {
        fields[i].field_present = true;
        switch (fields[i].field_id) {
        case 0:
            fields[i].res_u64 = 0;
            for (uint32_t digit = 0; digit < evt->datalen; digit++)
                fields[i].res_u64 = fields[i].res_u64 * 10 + evt->data[digit] - '0';
            break;
        case 1:
            snprintf(said[i], sizeof said[i], "said \"%s\"", fields[i].arg);
            fields[i].res_str = said[i];
            break;
        case 2:
            fields[i].field_present = false;
            break;
        default:
            snprintf(plugin->error, sizeof plugin->error, "this field always fails");
            return SS_PLUGIN_FAILURE;
        }
    }
    return SS_PLUGIN_SUCCESS;
}
