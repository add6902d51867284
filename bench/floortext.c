/*
 * floortext: the fields of bench/plugins/text.lua, split.lua and when.lua, in C.
 *
 * It keeps nothing about an event: every field is found anew whenever it is asked for.
 */
#include "floorbatch.h"
#include "v3/abi.h"

#include <ctype.h>
#include <stdlib.h>
#include <time.h>

enum { FIELD_FIND, FIELD_SUB_LOWER, FIELD_MATCH, FIELD_MATCH_NUMBER, FIELD_PARTS };

#define PARTS      5
#define FIELD_WHEN (FIELD_PARTS + PARTS)
#define TIME_BYTES 19u
#define HOST_AT    21u
#define HOST_BYTES 6u

struct state {
    struct floor_text text; /* behind `string` */
    const char *string;
    uint64_t number;
};

FLOOR_IDENTITY("text", "The floor: lines of a log in C")

const char *plugin_get_fields(void)
{
    return "[{\"name\": \"text.find\", \"type\": \"uint64\", \"desc\": \"Where the port stands\"},"
           "{\"name\": \"text.sub_lower\", \"type\": \"string\", \"desc\": \"The host\"},"
           "{\"name\": \"text.match\", \"type\": \"string\", \"desc\": \"The user\"},"
           "{\"name\": \"text.match_number\", \"type\": \"uint64\", \"desc\": \"The port\"},"
           "{\"name\": \"text.time\", \"type\": \"string\", \"desc\": \"When\"},"
           "{\"name\": \"text.host\", \"type\": \"string\", \"desc\": \"Where\"},"
           "{\"name\": \"text.program\", \"type\": \"string\", \"desc\": \"Who\"},"
           "{\"name\": \"text.verb\", \"type\": \"string\", \"desc\": \"What\"},"
           "{\"name\": \"text.rest\", \"type\": \"string\", \"desc\": \"The rest\"},"
           "{\"name\": \"text.when\", \"type\": \"uint64\", \"desc\": \"When, in ns\"}]";
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
    (void)s;
    return "";
}

static void answer_number(struct state *state, ss_plugin_extract_field *asked, uint64_t number)
{
    state->number = number;
    asked->res.u64 = &state->number;
    asked->res_len = 1;
}

static void answer_text(struct state *state, ss_plugin_extract_field *asked, const char *text, size_t size)
{
    state->string = floor_text_keep(&state->text, text, size);
    asked->res.str = &state->string;
    asked->res_len = state->string != NULL;
}

static void answer_lower(struct state *state, ss_plugin_extract_field *asked, const char *line,
                         const char *end)
{
    size_t size = (size_t)(end - line) > HOST_AT ? (size_t)(end - line) - HOST_AT : 0;

    size = size < HOST_BYTES ? size : HOST_BYTES;
    answer_text(state, asked, line + HOST_AT, size);
    for (size_t i = 0; asked->res_len == 1 && i < size; i++) {
        state->text.text[i] = (char)tolower((unsigned char)state->text.text[i]);
    }
}

/* The word behind "user=". */
static void answer_word(struct state *state, ss_plugin_extract_field *asked, const char *at, const char *end)
{
    const char *word = at + strlen("user="), *behind = word;

    while (behind < end && isalnum((unsigned char)*behind)) {
        behind++;
    }
    if (behind > word) {
        answer_text(state, asked, word, (size_t)(behind - word));
    }
}

/* The number behind "port=". */
static void answer_digits(struct state *state, ss_plugin_extract_field *asked, const char *at,
                          const char *end)
{
    const char *digit = at + strlen("port=");
    uint64_t sum = 0;

    if (digit == end || !isdigit((unsigned char)*digit)) {
        return;
    }
    for (; digit < end && isdigit((unsigned char)*digit); digit++) {
        sum = 10 * sum + (uint64_t)(*digit - '0');
    }
    answer_number(state, asked, sum);
}

/* What stands between spaces; the last of the parts goes to the end. */
static void answer_part(struct state *state, ss_plugin_extract_field *asked, const char *line,
                        const char *end)
{
    const char *space;

    for (uint32_t part = FIELD_PARTS;; part++) {
        space = part < FIELD_PARTS + PARTS - 1 ? memchr(line, ' ', (size_t)(end - line)) : end;
        if (space == NULL) {
            return;
        }
        if (part == asked->field_id) {
            answer_text(state, asked, line, (size_t)(space - line));
            return;
        }
        line = space + 1;
    }
}

/* The time at the begin, with an offset, read fifty times. */
static void answer_when(struct state *state, ss_plugin_extract_field *asked, const char *line, uint32_t size)
{
    static const char offset[] = "+0100";
    char text[TIME_BYTES + sizeof(offset)];
    int64_t seconds = 0;

    if (size < TIME_BYTES) {
        return;
    }
    memcpy(text, line, TIME_BYTES);
    memcpy(text + TIME_BYTES, offset, sizeof(offset));
    for (int i = 0; i < 50; i++) {
        struct tm tm = {0};
        long east;

        if (strptime(text, "%Y-%m-%dT%H:%M:%S%z", &tm) == NULL) {
            return;
        }
        east = tm.tm_gmtoff; /* which timegm changes */
        seconds = timegm(&tm) - east;
    }
    answer_number(state, asked, (uint64_t)seconds * 1000000000);
}

static void answer(struct state *state, const char *line, uint32_t size, ss_plugin_extract_field *asked)
{
    const char *end = line + size, *at;

    if (asked->field_id == FIELD_WHEN) {
        answer_when(state, asked, line, size);
        return;
    }
    if (asked->field_id >= FIELD_PARTS) {
        answer_part(state, asked, line, end);
        return;
    }
    if (asked->field_id == FIELD_SUB_LOWER) {
        answer_lower(state, asked, line, end);
        return;
    }
    at = memmem(line, size, asked->field_id == FIELD_MATCH ? "user=" : "port=", strlen("port="));
    if (at == NULL) {
        return;
    }
    if (asked->field_id == FIELD_FIND) {
        answer_number(state, asked, (uint64_t)(at - line) + 1);
    } else if (asked->field_id == FIELD_MATCH) {
        answer_word(state, asked, at, end);
    } else {
        answer_digits(state, asked, at, end);
    }
}

ss_plugin_rc plugin_extract_fields(ss_plugin_t *s, const ss_plugin_event_input *evt,
                                   const ss_plugin_field_extract_input *in)
{
    struct state *state = s;
    uint32_t size;
    const char *payload = floor_payload(evt, &size);

    for (uint32_t i = 0; i < in->num_fields; i++) {
        in->fields[i].res_len = 0;
        if (payload != NULL) {
            answer(state, payload, size, &in->fields[i]);
        }
    }
    return SS_PLUGIN_SUCCESS;
}
