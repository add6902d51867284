/*
 * floorjson: the fields of bench/plugins/json.lua, log.lua and port.lua, in C over jsmn.
 *
 * Each event is parsed once, when the first field of it is extracted. Without {"values": true} in the
 * configuration that is all: fields are absent, and what is measured is jsmn alone.
 */
#include "floorbatch.h"
#include "v3/abi.h"

#define JSMN_STATIC
#define JSMN_STRICT
#define JSMN_PARENT_LINKS
#include <jsmn.h>

#include <stdio.h>
#include <stdlib.h>

#define LONGEST_KEY 128
#define MOST_VALUES 64

/* JSON Pointers, in which `*` stands for each element; NULL: the argument is one. A value ends before the
 * first byte of `until`. */
static const struct field {
    const char *name, *pointer, *until;
} fields[] = {
    /* of bench/events.lua: what it prints with --paths */
    {"json.verb", "/verb", NULL},
    {"json.namespace", "/objectRef/namespace", NULL},
    {"json.decision", "/annotations/authorization.k8s.io~1decision", NULL},
    {"json.auditid", "/auditID", NULL},
    {"json.stage", "/stage", NULL},
    {"json.uri", "/requestURI", NULL},
    {"json.user", "/user/username", NULL},
    {"json.ip", "/sourceIPs/0", NULL},
    {"json.resource", "/objectRef/resource", NULL},
    {"json.code", "/responseStatus/code", NULL},
    {"json.image", "/requestObject/spec/containers/0/image", NULL},
    {"json.time", "/stageTimestamp", NULL},
    {"json.at", NULL, NULL},
    /* of bench/logs.lua */
    {"log.service", "/service", NULL},
    {"log.host", "/host", NULL},
    {"log.user", "/user/name", NULL},
    {"log.method", "/request/method", NULL},
    {"log.path", "/request/path", NULL},
    {"log.names", "/items/*/name", NULL},
    /* of bench/plugins/port.lua */
    {"ka.verb", "/verb", NULL},
    {"ka.target.namespace", "/objectRef/namespace", NULL},
    {"ka.auth.decision", "/annotations/authorization.k8s.io~1decision", NULL},
    {"ka.auditid", "/auditID", NULL},
    {"ka.stage", "/stage", NULL},
    {"ka.uri", "/requestURI", NULL},
    {"ka.user.name", "/user/username", NULL},
    {"ka.user.groups", "/user/groups/*", NULL},
    {"ka.target.resource", "/objectRef/resource", NULL},
    {"ka.response.code", "/responseStatus/code", NULL},
    {"ka.req.pod.host_network", "/requestObject/spec/hostNetwork", NULL},
    {"ka.req.container.image.repository", "/requestObject/spec/containers/0/image", ":@"},
};

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

struct state {
    int values; /* fields have them */
    const void *parsed;
    uint64_t parsed_num;
    jsmntok_t *tokens;
    unsigned room;
    int count;
    struct floor_text text; /* behind `strings` */
    char *text_at;          /* free from here on */
    const char *strings[MOST_VALUES];
};

static char field_list[4096];

FLOOR_IDENTITY("json_lines", "The floor: JSON events in C")

const char *plugin_get_fields(void)
{
    size_t length = 0;

    for (size_t i = 0; i < FIELDS; i++) {
        length += (size_t)snprintf(field_list + length, sizeof(field_list) - length,
                                   "%c{\"name\": \"%s\", \"type\": \"string\", \"desc\": \"A value\"%s}",
                                   i == 0 ? '[' : ',', fields[i].name,
                                   fields[i].pointer == NULL ? ", \"arg\": {\"isKey\": true}" : "");
    }
    snprintf(field_list + length, sizeof(field_list) - length, "]");
    return field_list;
}

ss_plugin_t *plugin_init(const ss_plugin_init_input *input, ss_plugin_rc *rc)
{
    struct state *state = calloc(1, sizeof(*state));

    *rc = SS_PLUGIN_FAILURE;
    if (state == NULL) {
        return NULL;
    }
    state->values = input->config != NULL && strstr(input->config, "\"values\"") != NULL;
    state->room = 256;
    state->tokens = malloc(state->room * sizeof(*state->tokens));
    *rc = state->tokens != NULL ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
    return state;
}

void plugin_destroy(ss_plugin_t *s)
{
    struct state *state = s;

    free(state->tokens);
    free(state->text.text);
    free(state);
}

const char *plugin_get_last_error(ss_plugin_t *s)
{
    (void)s;
    return "";
}

const char *plugin_event_to_string(ss_plugin_t *s, const ss_plugin_event_input *evt)
{
    (void)s;
    (void)evt;
    return "";
}

static void parse(struct state *state, const char *payload, uint32_t size)
{
    jsmn_parser parser;

    for (;;) {
        jsmntok_t *more;

        jsmn_init(&parser);
        state->count = jsmn_parse(&parser, payload, size, state->tokens, state->room);
        if (state->count != JSMN_ERROR_NOMEM) {
            return;
        }
        more = realloc(state->tokens, 2 * state->room * sizeof(*more));
        if (more == NULL) {
            return;
        }
        state->tokens = more;
        state->room *= 2;
    }
}

/* Is the token the value behind `key` in the object or list at `at`? `element` counts those of a list. */
static int is_wanted(const struct state *state, const char *payload, int at, int token, const char *key,
                     long element)
{
    const jsmntok_t *tokens = state->tokens;
    size_t length = strlen(key);

    if (tokens[at].type == JSMN_ARRAY) {
        return strcmp(key, "*") == 0 || strtol(key, NULL, 10) == element;
    }
    return (size_t)(tokens[token].end - tokens[token].start) == length &&
           memcmp(payload + tokens[token].start, key, length) == 0;
}

/* Copies the first key of a pointer; returns the pointer behind it. */
static const char *read_key(const char *pointer, char *key)
{
    size_t length = 0;

    for (pointer++; *pointer != '\0' && *pointer != '/' && length < LONGEST_KEY - 1; pointer++) {
        if (*pointer == '~') {
            pointer++;
            key[length++] = *pointer == '1' ? '/' : '~';
        } else {
            key[length++] = *pointer;
        }
    }
    key[length] = '\0';
    return pointer;
}

static void add_value(struct state *state, const char *payload, int at, ss_plugin_extract_field *asked)
{
    size_t length = (size_t)(state->tokens[at].end - state->tokens[at].start);

    if (asked->res_len < MOST_VALUES) {
        memcpy(state->text_at, payload + state->tokens[at].start, length);
        state->text_at[length] = '\0';
        state->strings[asked->res_len++] = state->text_at;
        if (fields[asked->field_id].until != NULL) {
            state->text_at[strcspn(state->text_at, fields[asked->field_id].until)] = '\0';
        }
        state->text_at += length + 1;
    }
}

/* Adds what the pointer leads to from the value at `at` on. */
static void answer_below(struct state *state, const char *payload, int at, const char *pointer,
                         ss_plugin_extract_field *asked)
{
    const jsmntok_t *tokens = state->tokens;
    char key[LONGEST_KEY];
    long element = 0;

    if (*pointer != '/') {
        add_value(state, payload, at, asked);
        return;
    }
    pointer = read_key(pointer, key);
    for (int i = at + 1; i < state->count && tokens[i].start < tokens[at].end; i++) {
        if (tokens[i].parent == at && is_wanted(state, payload, at, i, key, element++)) {
            answer_below(state, payload, tokens[at].type == JSMN_OBJECT ? i + 1 : i, pointer, asked);
            if (strcmp(key, "*") != 0) {
                return;
            }
        }
    }
}

/* No value stands in more bytes than the payload has, and between two is a byte for the NUL. */
static void answer(struct state *state, const char *payload, uint32_t size, ss_plugin_extract_field *asked)
{
    const char *pointer = fields[asked->field_id].pointer;

    if (state->count > 0 && floor_text_reserve(&state->text, size + 1)) {
        state->text_at = state->text.text;
        asked->res.str = state->strings;
        answer_below(state, payload, 0, pointer != NULL ? pointer : asked->arg_key, asked);
    }
}

ss_plugin_rc plugin_extract_fields(ss_plugin_t *s, const ss_plugin_event_input *evt,
                                   const ss_plugin_field_extract_input *in)
{
    struct state *state = s;
    uint32_t size;
    const char *payload = floor_payload(evt, &size);

    if (payload == NULL) {
        for (uint32_t i = 0; i < in->num_fields; i++) {
            in->fields[i].res_len = 0;
        }
        return SS_PLUGIN_SUCCESS;
    }
    if (state->parsed != evt->evt || state->parsed_num != evt->evtnum) {
        parse(state, payload, size);
        state->parsed = evt->evt;
        state->parsed_num = evt->evtnum;
    }
    for (uint32_t i = 0; i < in->num_fields; i++) {
        in->fields[i].res_len = 0;
        if (state->values) {
            answer(state, payload, size, &in->fields[i]);
        }
    }
    return SS_PLUGIN_SUCCESS;
}
