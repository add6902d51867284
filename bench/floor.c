/*
 * floor: bench/plugins/dummy.lua and similar scripts in plain, fast C: the lower bound for script/bench.
 *
 * It is a plugin that any host can load. Its events are numbers that grow, with
 * the fields dummy.value, dummy.strvalue, dummy.divisible[N], dummy.num (of the event), dummy.called (the
 * text) and dummy.plus1 to dummy.plus100; or, opened with {"size": N}, payloads of N letters. It keeps
 * nothing about an event: every field is found anew whenever it is asked for. window.count, the last field,
 * is that of bench/plugins/window.lua, of a bare hash map (floormap.h).
 */
#include "floorbatch.h"
#include "floormap.h"
#include "v3/abi.h"

#include <stdio.h>
#include <stdlib.h>

#define PLUS_FIELDS 100
#define DIGITS      20
#define PREFIX      "{\"sample\": \""
#define SUFFIX      "\"}"

enum {
    FIELD_VALUE,
    FIELD_STRVALUE,
    FIELD_DIVISIBLE,
    FIELD_NUM,
    FIELD_CALLED,
    FIELD_PLUS,
    FIELD_WINDOW = FIELD_PLUS + PLUS_FIELDS
};

struct state {
    const char *error;
    uint64_t number;
    const char *string;
    struct floor_text text; /* behind `string` */
    char shown[sizeof(PREFIX) + DIGITS + sizeof(SUFFIX)];
};

struct script_source {
    struct floor_batch batch;
    uint64_t sample, left;
    uint64_t keys; /* how many different numbers; 0: they grow */
    uint32_t size; /* of the payloads of letters; 0: numbers */
    char *letters;
};

static char field_list[16384];

FLOOR_IDENTITY("dummy", "The floor: dummy in C")

const char *plugin_get_fields(void)
{
    size_t length = (size_t)snprintf(
        field_list, sizeof(field_list),
        "[{\"name\": \"dummy.value\", \"type\": \"uint64\", \"desc\": \"The sample\"},"
        "{\"name\": \"dummy.strvalue\", \"type\": \"string\", \"desc\": \"The sample, as text\"},"
        "{\"name\": \"dummy.divisible\", \"type\": \"uint64\", \"desc\": \"1 if it is divisible\","
        "\"arg\": {\"isRequired\": true, \"isIndex\": true}},"
        "{\"name\": \"dummy.num\", \"type\": \"uint64\", \"desc\": \"The event's number\"},"
        "{\"name\": \"dummy.called\", \"type\": \"string\", \"desc\": \"The sample, as text\"}");

    for (int i = 1; i <= PLUS_FIELDS; i++) {
        length +=
            (size_t)snprintf(field_list + length, sizeof(field_list) - length,
                             ",{\"name\": \"dummy.plus%d\", \"type\": \"uint64\", \"desc\": \"More\"}", i);
    }
    snprintf(field_list + length, sizeof(field_list) - length,
             ",{\"name\": \"window.count\", \"type\": \"uint64\", \"desc\": \"Of a key\"}]");
    return field_list;
}

ss_plugin_t *plugin_init(const ss_plugin_init_input *input, ss_plugin_rc *rc)
{
    struct state *state = calloc(1, sizeof(*state));

    (void)input;
    *rc = state != NULL ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
    return state;
}

void plugin_destroy(ss_plugin_t *s)
{
    struct state *state = s;

    free(state->text.text);
    free(state);
}

const char *plugin_get_last_error(ss_plugin_t *s)
{
    const struct state *state = s;

    return state != NULL && state->error != NULL ? state->error : "";
}

/* The number behind `name` in the open parameters, which are ours alone. */
static uint64_t parameter(const char *params, const char *name, uint64_t otherwise)
{
    const char *at = params != NULL ? strstr(params, name) : NULL;

    return at != NULL ? strtoull(at + strlen(name), NULL, 10) : otherwise;
}

ss_instance_t *plugin_open(ss_plugin_t *s, const char *params, ss_plugin_rc *rc)
{
    struct script_source *source = calloc(1, sizeof(*source));

    (void)s;
    *rc = SS_PLUGIN_FAILURE;
    if (source == NULL) {
        return NULL;
    }
    source->left = parameter(params, "\"maxEvents\":", UINT64_MAX);
    source->keys = parameter(params, "\"keys\":", 0);
    source->size = (uint32_t)parameter(params, "\"size\":", 0);
    source->letters = malloc(source->size + 1);
    if (source->letters == NULL ||
        !floor_batch_open(&source->batch, (uint32_t)parameter(params, "\"batch\":", 512),
                          source->size > DIGITS ? source->size : DIGITS)) {
        plugin_close(s, source);
        return NULL;
    }
    memset(source->letters, 'x', source->size);
    *rc = SS_PLUGIN_SUCCESS;
    return source;
}

void plugin_close(ss_plugin_t *s, ss_instance_t *h)
{
    struct script_source *source = h;

    (void)s;
    if (source != NULL) {
        floor_batch_close(&source->batch);
        free(source->letters);
        free(source);
    }
}

/* Writes `number` in decimal, returns the number of digits. */
static uint32_t write_digits(unsigned char *to, uint64_t number)
{
    unsigned char digits[DIGITS];
    uint32_t count = 0;

    do {
        digits[DIGITS - ++count] = (unsigned char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    memcpy(to, digits + DIGITS - count, count);
    return count;
}

ss_plugin_rc plugin_next_batch(ss_plugin_t *s, ss_instance_t *h, uint32_t *nevts, ss_plugin_event ***evts)
{
    struct script_source *source = h;
    struct floor_batch *batch = &source->batch;

    (void)s;
    floor_batch_reset(batch);
    while (batch->count < batch->room && source->left > 0) {
        uint32_t size = source->size;

        source->left--;
        source->sample++;
        if (size > 0) {
            memcpy(floor_batch_payload(batch), source->letters, size);
        } else {
            size = write_digits(floor_batch_payload(batch),
                                source->keys > 0 ? source->sample * 40503 % source->keys : source->sample);
        }
        floor_batch_add(batch, size);
    }
    *nevts = batch->count;
    *evts = batch->events;
    return batch->count > 0 ? SS_PLUGIN_SUCCESS : SS_PLUGIN_EOF;
}

/* False: it is no number of 64 bits. */
static int read_digits(const char *text, uint32_t size, uint64_t *number)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < size; i++) {
        unsigned digit = (unsigned char)text[i] - (unsigned)'0';

        if (digit > 9 || __builtin_mul_overflow(sum, UINT64_C(10), &sum) ||
            __builtin_add_overflow(sum, (uint64_t)digit, &sum)) {
            return 0;
        }
    }
    *number = sum;
    return size > 0;
}

const char *plugin_event_to_string(ss_plugin_t *s, const ss_plugin_event_input *evt)
{
    struct state *state = s;
    uint32_t size;
    const char *payload = floor_payload(evt, &size);
    char *to = state->shown;
    uint64_t sample;

    if (payload == NULL || !read_digits(payload, size, &sample)) {
        return "";
    }
    memcpy(to, PREFIX, sizeof(PREFIX) - 1);
    to += sizeof(PREFIX) - 1;
    to += write_digits((unsigned char *)to, sample);
    memcpy(to, SUFFIX, sizeof(SUFFIX));
    return state->shown;
}

/* False: it failed. */
static int answer(struct state *state, const ss_plugin_event_input *evt, ss_plugin_extract_field *asked)
{
    uint32_t size;
    const char *payload = floor_payload(evt, &size);

    asked->res_len = 0;
    asked->res.u64 = &state->number;
    if (payload == NULL) {
        return 1;
    }
    if (asked->field_id == FIELD_STRVALUE || asked->field_id == FIELD_CALLED) {
        state->string = floor_text_keep(&state->text, payload, size);
        asked->res.str = &state->string;
        asked->res_len = state->string != NULL;
        return state->string != NULL;
    }
    if (asked->field_id == FIELD_NUM) {
        state->number = evt->evtnum;
        asked->res_len = 1;
        return 1;
    }
    if (asked->field_id == FIELD_WINDOW) {
        state->number = floor_map_count(payload, size);
        asked->res_len = 1;
        return 1;
    }
    if (!read_digits(payload, size, &state->number)) {
        return 1;
    }
    asked->res_len = 1;
    if (asked->field_id >= FIELD_PLUS) {
        state->number += asked->field_id - FIELD_PLUS + 1;
    } else if (asked->field_id == FIELD_DIVISIBLE && asked->arg_index == 0) {
        state->error = "the argument must not be 0";
        asked->res_len = 0;
    } else if (asked->field_id == FIELD_DIVISIBLE) {
        state->number = state->number % asked->arg_index == 0;
    }
    return asked->res_len == 1;
}

ss_plugin_rc plugin_extract_fields(ss_plugin_t *s, const ss_plugin_event_input *evt,
                                   const ss_plugin_field_extract_input *in)
{
    int all = 1;

    for (uint32_t i = 0; i < in->num_fields; i++) {
        all &= answer(s, evt, &in->fields[i]);
    }
    return all ? SS_PLUGIN_SUCCESS : SS_PLUGIN_FAILURE;
}
