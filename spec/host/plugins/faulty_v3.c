/*
 * A plugin of API 3 that breaks one rule at a time: $FAULT while it is loaded, the open
 * parameters for events, the field for values.
 */
#include "v3/abi.h"

#include <stdlib.h>
#include <string.h>

/* Is this the rule to be broken? */
static int broken(const char *rule)
{
    const char *fault = getenv("FAULT");

    return fault != NULL && strcmp(fault, rule) == 0;
}

const char *plugin_get_required_api_version(void)
{
    if (broken("text"))
        return "dummy.lua:3: unexpected symbol near 'x'";
    if (broken("major"))
        return "2.0.0";
    if (broken("minor"))
        return "3.13.0";
    return broken("null") ? NULL : "3.0.0";
}

const char *plugin_get_name(void)
{
    return "faulty";
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
    return broken("version") ? "one" : "1.0.0";
}

uint32_t plugin_get_id(void)
{
    return broken("id") ? 0 : 78;
}

const char *plugin_get_event_source(void)
{
    if (broken("syscall"))
        return "syscall";
    return broken("source") ? "" : "faulty";
}

const char *plugin_get_init_schema(ss_plugin_schema_type *schema_type)
{
    *schema_type = SS_PLUGIN_SCHEMA_JSON;
    return broken("schema") ? "[]" : "{}";
}

const char *plugin_get_fields(void)
{
    const char *fields = getenv("FIELDS");

    return fields != NULL ? fields
                          : "[{\"name\":\"faulty.unset\",\"type\":\"uint64\",\"desc\":\"-\"},"
                            "{\"name\":\"faulty.two\",\"type\":\"uint64\",\"desc\":\"-\"},"
                            "{\"name\":\"faulty.address\",\"type\":\"ipaddr\",\"desc\":\"-\"},"
                            "{\"name\":\"faulty.null\",\"type\":\"string\",\"desc\":\"-\"},"
                            "{\"name\":\"faulty.pointer\",\"type\":\"string\",\"desc\":\"-\"},"
                            "{\"name\":\"faulty.offset\",\"type\":\"uint64\",\"desc\":\"-\"}]";
}

const char *plugin_get_extract_event_sources(void)
{
    if (broken("odd sources"))
        return "[null, 5, true, \"\", \"faulty\"]";
    if (broken("nested sources"))
        return "[[\"faulty\"]]";
    return broken("sources") ? "{}" : "[\"faulty\"]";
}

ss_plugin_t *plugin_init(const ss_plugin_init_input *input, ss_plugin_rc *rc)
{
    if (strstr(input->config, "unset") == NULL)
        *rc = strstr(input->config, "stateless") != NULL ? SS_PLUGIN_FAILURE : SS_PLUGIN_SUCCESS;
    return strstr(input->config, "stateless") != NULL ? NULL : malloc(1);
}

void plugin_destroy(ss_plugin_t *s)
{
    free(s);
}

const char *plugin_get_last_error(ss_plugin_t *s)
{
    (void)s;
    return "the text of the failure";
}

ss_instance_t *plugin_open(ss_plugin_t *s, const char *params, ss_plugin_rc *rc)
{
    (void)s;
    *rc = SS_PLUGIN_SUCCESS;
    return strdup(params);
}

void plugin_close(ss_plugin_t *s, ss_instance_t *h)
{
    (void)s;
    free(h);
}

/* An event of another plugin. */
static ss_plugin_event *foreign_event(void)
{
    static unsigned char memory[PLUGIN_EVENT_PAYLOAD_OFFSET];
    ss_plugin_event header = {.len = sizeof memory, .type = PPME_PLUGINEVENT_E, .nparams = 2};
    uint32_t rest[3] = {sizeof(uint32_t), 0, 12};

    memcpy(memory, &header, sizeof header);
    memcpy(memory + sizeof header, rest, sizeof rest);
    return (ss_plugin_event *)memory;
}

ss_plugin_rc plugin_next_batch(ss_plugin_t *s, ss_instance_t *h, uint32_t *nevts, ss_plugin_event ***evts)
{
    static ss_plugin_event *events[1];
    const char *fault = h;

    (void)s;
    if (strcmp(fault, "eof leaves nevts") == 0)
        return SS_PLUGIN_EOF;
    *nevts = 0;
    if (strcmp(fault, "success without events") == 0)
        return SS_PLUGIN_SUCCESS;
    if (strcmp(fault, "failure") == 0)
        return SS_PLUGIN_FAILURE;
    if (strcmp(fault, "unknown code") == 0)
        return (ss_plugin_rc)42;
    *nevts = 1;
    if (strcmp(fault, "no array") == 0)
        return SS_PLUGIN_SUCCESS;
    events[0] = foreign_event();
    if (strcmp(fault, "malformed") == 0)
        events[0]->type = 1;
    if (strcmp(fault, "too long") == 0) /* a payload of a byte, of which there is none */
        memcpy((unsigned char *)(events[0] + 1) + sizeof(uint32_t), &(uint32_t){1}, sizeof(uint32_t));
    *evts = events;
    return SS_PLUGIN_SUCCESS;
}

ss_plugin_rc plugin_extract_fields(ss_plugin_t *s, const ss_plugin_event_input *evt,
                                   const ss_plugin_field_extract_input *in)
{
    static uint64_t numbers[2];
    static ss_plugin_byte_buffer address = {5, numbers};
    static const char *none;
    static uint32_t start[1] = {38}, length[1] = {2};
    ss_plugin_extract_field *field = in->fields;

    (void)s, (void)evt;
    switch (field->field_id) {
    case 0:
        break;
    case 1:
        field->res.u64 = numbers;
        field->res_len = 2;
        break;
    case 2:
        field->res.buf = &address;
        field->res_len = 1;
        break;
    case 3:
        field->res.str = &none;
        field->res_len = 1;
        break;
    case 5:
        field->res.u64 = numbers;
        field->res_len = 1;
        if (in->value_offsets != NULL) {
            in->value_offsets->start = start;
            in->value_offsets->length = length;
        }
        break;
    default:
        field->res_len = 1;
    }
    return SS_PLUGIN_SUCCESS;
}
