/*
 * A well-behaved plugin of API 3.0.0: events whose payload is a number that grows, and a
 * field of every type. The open parameters say how many events there are; the config, if
 * it is {"fail": true}, makes init fail.
 */
#include "v3/abi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH      3
#define EVENT_SIZE (PLUGIN_EVENT_PAYLOAD_OFFSET + 20)

struct plugin {
    char error[128];
    const ss_plugin_init_input *input; /* of init: only its address is kept */
};

struct instance {
    unsigned sent, total;
    unsigned char memory[BATCH][EVENT_SIZE];
    ss_plugin_event *events[BATCH];
};

/* name, type, further members of the field list */
#define FIELDS(X)                                                                                            \
    X("value", "uint64", "")                                                                                 \
    X("text", "string", "")                                                                                  \
    X("even", "bool", "")                                                                                    \
    X("at", "abstime", "")                                                                                   \
    X("gap", "reltime", "")                                                                                  \
    X("address", "ipaddr", "")                                                                               \
    X("network", "ipnet", "")                                                                                \
    X("digits", "string", ",\"isList\":true,\"addOutput\":true,\"properties\":[\"hidden\"]")                 \
    X("times", "uint64", ",\"arg\":{\"isRequired\":true,\"isIndex\":true}")                                  \
    X("said", "string", ",\"arg\":{\"isKey\":true},\"display\":\"What was said\"")                           \
    X("either", "string", ",\"arg\":{\"isIndex\":true,\"isKey\":true}")                                      \
    X("huge", "uint64", "")                                                                                  \
    X("absent", "string", "")                                                                                \
    X("fails", "string", "")                                                                                 \
    X("source", "string", "")

const char *plugin_get_required_api_version(void)
{
    return "3.0.0";
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

const char *plugin_get_init_schema(ss_plugin_schema_type *schema_type)
{
    *schema_type = SS_PLUGIN_SCHEMA_JSON;
    return "{\"type\":\"object\"}";
}

const char *plugin_get_fields(void)
{
#define FIELD(name, type, more)                                                                              \
    ",{\"name\":\"counter." name "\",\"type\":\"" type "\",\"desc\":\"The " name "\"" more "}"
    static const char list[] = FIELDS(FIELD) "]";
#undef FIELD
    static char json[sizeof list];

    memcpy(json, list, sizeof list);
    json[0] = '[';
    return json;
}

ss_plugin_t *plugin_init(const ss_plugin_init_input *input, ss_plugin_rc *rc)
{
    struct plugin *plugin = calloc(1, sizeof *plugin);

    plugin->input = input;
    *rc = SS_PLUGIN_SUCCESS;
    if (strstr(input->config, "fail") != NULL) {
        snprintf(plugin->error, sizeof plugin->error, "the config says \"%s\"", input->config);
        *rc = SS_PLUGIN_FAILURE;
    }
    if (input->tables == NULL ||
        input->tables->get_table(input->owner, "no such table", SS_PLUGIN_ST_INT64) != NULL)
        *rc = SS_PLUGIN_FAILURE;
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
    struct plugin *plugin = s;

    if (h == NULL)
        snprintf(plugin->error, sizeof plugin->error, "closed without an instance");
    free(h);
}

static void write_event(unsigned char *to, unsigned number)
{
    ss_plugin_event header = {.ts = number * 1000, .tid = 5, .type = PPME_PLUGINEVENT_E, .nparams = 2};
    uint32_t lengths[2] = {sizeof(uint32_t), 0}, id = number % 2 == 0 ? 0 : 77; /* 0: to be set by the host */

    lengths[1] = (uint32_t)sprintf((char *)to + PLUGIN_EVENT_PAYLOAD_OFFSET, "%u", number);
    header.len = PLUGIN_EVENT_PAYLOAD_OFFSET + lengths[1];
    if (number == 1)
        header.ts = UINT64_MAX;
    memcpy(to, &header, sizeof header);
    memcpy(to + sizeof header, lengths, sizeof lengths);
    memcpy(to + sizeof header + sizeof lengths, &id, sizeof id);
}

ss_plugin_rc plugin_next_batch(ss_plugin_t *s, ss_instance_t *h, uint32_t *nevts, ss_plugin_event ***evts)
{
    struct instance *instance = h;

    (void)s;
    *nevts = 0;
    while (*nevts < BATCH && instance->sent < instance->total) {
        unsigned char *to = instance->memory[*nevts];
        write_event(to, ++instance->sent);
        instance->events[(*nevts)++] = (ss_plugin_event *)to;
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

const char *plugin_list_open_params(ss_plugin_t *s, ss_plugin_rc *rc)
{
    (void)s;
    *rc = SS_PLUGIN_SUCCESS;
    return "[{\"value\":\"5\",\"desc\":\"Five events\",\"separator\":\",\"},{\"value\":\"9\"}]";
}

const char *plugin_event_to_string(ss_plugin_t *s, const ss_plugin_event_input *evt)
{
    static char text[64];
    size_t length = evt->evt->len - PLUGIN_EVENT_PAYLOAD_OFFSET;

    (void)s;
    snprintf(text, sizeof text, "number %.*s of %s", (int)length,
             (const char *)evt->evt + PLUGIN_EVENT_PAYLOAD_OFFSET, evt->evtsrc);
    return length > 9 ? "" : text;
}

/* Values of one call; the specs ask for no more fields at once. */
static struct {
    char text[32];
    const char *strings[16];
    uint64_t number;
    ss_plugin_bool flag;
    ss_plugin_byte_buffer buffer;
    unsigned char address[16];
} answers[16];

static void answer(ss_plugin_extract_field *field, unsigned slot, const ss_plugin_event_input *evt)
{
    const char *name = strchr(field->field, '.') + 1;
    uint64_t number;

    snprintf(answers[slot].text, sizeof answers[slot].text, "%.*s",
             (int)(evt->evt->len - PLUGIN_EVENT_PAYLOAD_OFFSET),
             (const char *)evt->evt + PLUGIN_EVENT_PAYLOAD_OFFSET);
    number = strtoull(answers[slot].text, NULL, 10);
    answers[slot].number = number;
    answers[slot].strings[0] = answers[slot].text;
    field->res_len = 1;
    field->res.str = answers[slot].strings;
    if (strcmp(name, "even") == 0) {
        answers[slot].flag = number % 2 == 0;
        field->res.boolean = &answers[slot].flag;
    } else if (strcmp(name, "address") == 0 || strcmp(name, "network") == 0) {
        answers[slot].address[0] = 10;
        answers[slot].address[3] = (unsigned char)number;
        answers[slot].buffer.len = name[0] == 'a' ? 4 : 16;
        answers[slot].buffer.ptr = answers[slot].address;
        field->res.buf = &answers[slot].buffer;
    } else if (strcmp(name, "digits") == 0) {
        static const char *const digits[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
        field->res_len = strlen(answers[slot].text);
        for (unsigned i = 0; i < field->res_len; i++)
            answers[slot].strings[i] = digits[answers[slot].text[i] - '0'];
    } else if (strcmp(name, "said") == 0) {
        snprintf(answers[slot].text, sizeof answers[slot].text, "%s%s",
                 field->arg_present ? "said " : "nothing", field->arg_present ? field->arg_key : "");
    } else if (strcmp(name, "either") == 0) {
        snprintf(answers[slot].text, sizeof answers[slot].text, "%lld %s", (long long)field->arg_index,
                 field->arg_key != NULL ? field->arg_key : "-");
    } else if (strcmp(name, "source") == 0) {
        snprintf(answers[slot].text, sizeof answers[slot].text, "%s %llu", evt->evtsrc,
                 (unsigned long long)evt->evtnum);
    } else if (strcmp(name, "absent") == 0) {
        field->res_len = 0;
    } else if (field->ftype != FTYPE_STRING) {
        if (strcmp(name, "times") == 0)
            answers[slot].number *= field->arg_index;
        else if (strcmp(name, "huge") == 0)
            answers[slot].number = UINT64_MAX;
        field->res.u64 = &answers[slot].number;
    }
}

ss_plugin_rc plugin_extract_fields(ss_plugin_t *s, const ss_plugin_event_input *evt,
                                   const ss_plugin_field_extract_input *in)
{
    struct plugin *plugin = s;

    for (uint32_t i = 0; i < in->num_fields; i++) {
        if (strcmp(in->fields[i].field, "counter.fails") == 0) {
            snprintf(plugin->error, sizeof plugin->error, "this field always fails");
            return SS_PLUGIN_FAILURE;
        }
        answer(&in->fields[i], i, evt);
    }
    return SS_PLUGIN_SUCCESS;
}
