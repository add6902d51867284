/*
 * floorjson: what bench/plugins/json.lua is, in C over jsmn.
 *
 * The events are the lines of a file, one after another and again from the first. Each is
 * parsed once, when the first field of it is asked for. Without {"values": true} in the
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

#define BATCH_BYTES (1u << 20)

#define DEPTH 5

/* What `lua5.4 bench/events.lua --paths` prints: keys, and decimal for the elements of a list. */
static const struct field {
    const char *name;
    const char *keys[DEPTH];
} fields[] = {
    {"json.verb", {"verb"}},
    {"json.namespace", {"objectRef", "namespace"}},
    {"json.decision", {"annotations", "authorization.k8s.io/decision"}},
    {"json.auditid", {"auditID"}},
    {"json.stage", {"stage"}},
    {"json.uri", {"requestURI"}},
    {"json.user", {"user", "username"}},
    {"json.ip", {"sourceIPs", "0"}},
    {"json.resource", {"objectRef", "resource"}},
    {"json.code", {"responseStatus", "code"}},
    {"json.image", {"requestObject", "spec", "containers", "0", "image"}},
    {"json.time", {"stageTimestamp"}},
};

#define FIELDS (sizeof(fields) / sizeof(fields[0]))

struct state {
    int values; /* fields have them */
    const void *parsed;
    uint64_t parsed_num;
    jsmntok_t *tokens;
    unsigned room;
    int count;
    char *text; /* behind the last answer */
    size_t text_room;
    const char *string;
};

struct source {
    struct floor_batch batch;
    char *lines; /* the file */
    size_t length, at;
};

static char field_list[4096];

const char *plugin_get_required_api_version(void)
{
    return "3.0.0";
}

const char *plugin_get_name(void)
{
    return "json_lines";
}

const char *plugin_get_description(void)
{
    return "The floor: JSON events in C";
}

const char *plugin_get_contact(void)
{
    return "lure";
}

const char *plugin_get_version(void)
{
    return "0.1.0";
}

uint32_t plugin_get_id(void)
{
    return FLOOR_PLUGIN_ID;
}

const char *plugin_get_event_source(void)
{
    return "json_lines";
}

const char *plugin_get_fields(void)
{
    size_t length = 0;

    for (size_t i = 0; i < FIELDS; i++) {
        length += (size_t)snprintf(field_list + length, sizeof(field_list) - length,
                                   "%c{\"name\": \"%s\", \"type\": \"string\", \"desc\": \"A value\"}",
                                   i == 0 ? '[' : ',', fields[i].name);
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
    free(state->text);
    free(state);
}

const char *plugin_get_last_error(ss_plugin_t *s)
{
    (void)s;
    return "";
}

/* Reads the file that the open parameters, which are its path, name. */
static int read_lines(struct source *source, const char *path)
{
    FILE *file = fopen(path, "rb");
    long length;

    if (file == NULL) {
        return 0;
    }
    fseek(file, 0, SEEK_END);
    length = ftell(file);
    rewind(file);
    source->lines = length > 0 ? malloc((size_t)length) : NULL;
    if (source->lines != NULL) {
        source->length = fread(source->lines, 1, (size_t)length, file);
    }
    fclose(file);
    return source->length > 0;
}

ss_instance_t *plugin_open(ss_plugin_t *s, const char *params, ss_plugin_rc *rc)
{
    struct source *source = calloc(1, sizeof(*source));

    *rc = SS_PLUGIN_FAILURE;
    if (source == NULL) {
        return NULL;
    }
    if (!read_lines(source, params) || !floor_batch_open(&source->batch, 512, 65536)) {
        plugin_close(s, source);
        return NULL;
    }
    *rc = SS_PLUGIN_SUCCESS;
    return source;
}

void plugin_close(ss_plugin_t *s, ss_instance_t *h)
{
    struct source *source = h;

    (void)s;
    if (source != NULL) {
        floor_batch_close(&source->batch);
        free(source->lines);
        free(source);
    }
}

ss_plugin_rc plugin_next_batch(ss_plugin_t *s, ss_instance_t *h, uint32_t *nevts, ss_plugin_event ***evts)
{
    struct source *source = h;
    struct floor_batch *batch = &source->batch;

    (void)s;
    floor_batch_reset(batch);
    while (batch->count < batch->room && (size_t)(batch->at - batch->memory) < BATCH_BYTES) {
        const char *line = source->lines + source->at;
        const char *end = memchr(line, '\n', source->length - source->at);
        size_t size = end != NULL ? (size_t)(end - line) : source->length - source->at;

        memcpy(floor_batch_payload(batch), line, size);
        floor_batch_add(batch, (uint32_t)size);
        source->at += size + 1;
        source->at = source->at >= source->length ? 0 : source->at;
    }
    *nevts = batch->count;
    *evts = batch->events;
    return SS_PLUGIN_SUCCESS;
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

/* The token of the value behind `key` in the object or list at `at`; -1: none. */
static int find_key(const struct state *state, const char *payload, int at, const char *key)
{
    const jsmntok_t *tokens = state->tokens;
    size_t length = strlen(key);
    long element = strtol(key, NULL, 10);

    for (int i = at + 1; i < state->count && tokens[i].start < tokens[at].end; i++) {
        if (tokens[i].parent != at) {
            continue;
        }
        if (tokens[at].type == JSMN_ARRAY && element-- == 0) {
            return i;
        }
        if (tokens[at].type == JSMN_OBJECT && (size_t)(tokens[i].end - tokens[i].start) == length &&
            memcmp(payload + tokens[i].start, key, length) == 0) {
            return i + 1;
        }
    }
    return -1;
}

static void answer(struct state *state, const char *payload, ss_plugin_extract_field *asked)
{
    const char *const *keys = fields[asked->field_id].keys;
    int at = state->count > 0 ? 0 : -1;
    size_t length;

    for (int i = 0; at >= 0 && i < DEPTH && keys[i] != NULL; i++) {
        at = find_key(state, payload, at, keys[i]);
    }
    if (at < 0) {
        return;
    }
    length = (size_t)(state->tokens[at].end - state->tokens[at].start);
    if (length >= state->text_room) {
        free(state->text);
        state->text_room = length + 1;
        state->text = malloc(state->text_room);
        if (state->text == NULL) {
            state->text_room = 0;
            return;
        }
    }
    memcpy(state->text, payload + state->tokens[at].start, length);
    state->text[length] = '\0';
    state->string = state->text;
    asked->res.str = &state->string;
    asked->res_len = 1;
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
            answer(state, payload, &in->fields[i]);
        }
    }
    return SS_PLUGIN_SUCCESS;
}
