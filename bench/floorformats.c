/*
 * floorformats: the fields of bench/plugins/formats.lua in C: five values of a line in each format.
 *
 * It keeps nothing about an event: every field is found anew whenever it is asked for, without reading what
 * it has no use for.
 */
#include "floorbatch.h"
#include "v3/abi.h"

#include <ctype.h>
#include <stdlib.h>

#define FIELDS 5 /* of each format */

struct state {
    struct floor_text text; /* behind `string` */
    const char *string;
    uint64_t number;
};

/* What was found. */
struct part {
    const char *from, *to;
};

#define TELL_FIELD(name, type) "{\"name\": \"" name "\", \"type\": \"" type "\", \"desc\": \"-\"}"
#define TELL_FIELDS(format)                                                                                  \
    TELL_FIELD(format ".one", "string")                                                                      \
    "," TELL_FIELD(format ".two", "string") "," TELL_FIELD(format ".three", "string") "," TELL_FIELD(        \
        format ".number", "uint64") "," TELL_FIELD(format ".text", "string")

FLOOR_IDENTITY("formats", "The floor: lines of logs in C")

const char *plugin_get_fields(void)
{
    return "[" TELL_FIELDS("logfmt") "," TELL_FIELDS("csv") "," TELL_FIELDS("combined") "," TELL_FIELDS(
        "syslog") "," TELL_FIELDS("cef") "," TELL_FIELDS("leef") "," TELL_FIELDS("regex") "]";
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

/* Up to the letter, or the end. */
static const char *up_to(const char *at, const char *end, char letter)
{
    const char *found = memchr(at, letter, (size_t)(end - at));

    return found != NULL ? found : end;
}

/* `key=value` or `key="value"` behind spaces. */
static int find_logfmt(unsigned field, const char *at, const char *end, struct part *part)
{
    static const char *const keys[] = {"level", "host", "user", "port", "msg"};
    const size_t length = strlen(keys[field]);

    while (at < end) {
        const char *sign = at;

        while (sign < end && *sign != '=' && *sign != ' ') {
            sign++;
        }
        if (sign < end && *sign == '=') {
            const int is_quoted = end - sign > 1 && sign[1] == '"';

            part->from = sign + 1 + is_quoted;
            part->to = up_to(part->from, end, is_quoted ? '"' : ' ');
            if ((size_t)(sign - at) == length && memcmp(at, keys[field], length) == 0) {
                return 1;
            }
            sign = part->to + is_quoted;
        }
        at = sign + 1;
    }
    return 0;
}

static int find_csv(unsigned field, const char *at, const char *end, struct part *part)
{
    static const unsigned columns[] = {0, 1, 3, 4, 5};

    for (unsigned column = 0; at <= end; column++) {
        const int is_quoted = at < end && *at == '"';

        part->from = at + is_quoted;
        part->to = up_to(part->from, end, is_quoted ? '"' : ',');
        if (column == columns[field]) {
            return 1;
        }
        at = part->to + is_quoted + 1;
    }
    return 0;
}

/* Client, method, target, status, agent. */
static int find_combined(unsigned field, const char *at, const char *end, struct part *part)
{
    const char *request = up_to(at, end, '"'), *behind;

    if (field == 0) {
        *part = (struct part){at, up_to(at, end, ' ')};
        return 1;
    }
    if (request == end) {
        return 0;
    }
    behind = up_to(request + 1, end, '"');
    part->from = request + 1;
    part->to = up_to(part->from, behind, ' ');
    if (field == 2) {
        part->from = part->to + 1;
        part->to = up_to(part->from, behind, ' ');
    } else if (field == 3) {
        part->from = behind + 2;
        part->to = up_to(part->from, end, ' ');
    } else if (field == 4) {
        part->from = up_to(up_to(up_to(behind + 1, end, '"') + 1, end, '"') + 1, end, '"') + 1;
        part->to = up_to(part->from, end, '"');
    }
    return part->to <= end;
}

/* Host, app, a parameter of the structured data, priority, message: RFC 5424. */
static int find_syslog(unsigned field, const char *at, const char *end, struct part *part)
{
    static const unsigned words[] = {2, 3, 0, 0, 0};
    const char *data;

    if (at == end || *at != '<') {
        return 0;
    }
    if (field == 3) {
        *part = (struct part){at + 1, up_to(at, end, '>')};
        return 1;
    }
    if (field < 2) {
        part->to = at - 1;
        for (unsigned word = 0; word <= words[field] && part->to < end; word++) {
            part->from = part->to + 1;
            part->to = up_to(part->from, end, ' ');
        }
        return 1;
    }
    data = up_to(at, end, '[');
    if (field == 2) {
        part->from = memmem(data, (size_t)(end - data), " user=\"", 7);
        if (part->from == NULL) {
            return 0;
        }
        part->from += 7;
        part->to = up_to(part->from, end, '"');
        return 1;
    }
    data = up_to(data, end, ']');
    *part = (struct part){data + 2 <= end ? data + 2 : end, end};
    return 1;
}

/* A value of the header, behind so many pipes. */
static int find_piped(unsigned pipes, const char *at, const char *end, struct part *part)
{
    for (; pipes > 0; pipes--) {
        at = up_to(at, end, '|') + 1;
        if (at > end) {
            return 0;
        }
    }
    *part = (struct part){at, up_to(at, end, '|')};
    return 1;
}

/* The value of a key, between two separators. */
static int find_key(const char *key, const char *at, const char *end, struct part *part)
{
    const size_t length = strlen(key);
    const char *found = memmem(at, (size_t)(end - at), key, length);

    while (found != NULL && found > at && found[-1] != ' ' && found[-1] != '\t' && found[-1] != '|') {
        found = memmem(found + length, (size_t)(end - found) - length, key, length);
    }
    if (found == NULL) {
        return 0;
    }
    part->from = found + length;
    return 1;
}

/* Name, src, suser, spt, msg: the last goes to the end. */
static int find_cef(unsigned field, const char *at, const char *end, struct part *part)
{
    static const char *const keys[] = {NULL, "src=", "suser=", "spt=", "msg="};

    if (field == 0) {
        return find_piped(5, at, end, part);
    }
    if (!find_key(keys[field], at, end, part)) {
        return 0;
    }
    part->to = field == 4 ? end : up_to(part->from, end, ' ');
    return 1;
}

/* Event, src, usrName, srcPort, msg. */
static int find_leef(unsigned field, const char *at, const char *end, struct part *part)
{
    static const char *const keys[] = {NULL, "src=", "usrName=", "srcPort=", "msg="};

    if (field == 0) {
        return find_piped(4, at, end, part);
    }
    if (!find_key(keys[field], at, end, part)) {
        return 0;
    }
    part->to = up_to(part->from, end, '\t');
    return 1;
}

static int (*const finders[])(unsigned, const char *, const char *, struct part *) = {
    find_logfmt, find_csv, find_combined, find_syslog, find_cef, find_leef, find_combined};

static void answer(struct state *state, const char *line, uint32_t size, ss_plugin_extract_field *asked)
{
    const unsigned field = asked->field_id % FIELDS;
    struct part part;

    if (!finders[asked->field_id / FIELDS](field, line, line + size, &part)) {
        return;
    }
    if (field == 3) {
        state->number = 0;
        for (; part.from < part.to && isdigit((unsigned char)*part.from); part.from++) {
            state->number = 10 * state->number + (uint64_t)(*part.from - '0');
        }
        if (finders[asked->field_id / FIELDS] == find_syslog) {
            state->number %= 8; /* the severity */
        }
        asked->res.u64 = &state->number;
        asked->res_len = 1;
        return;
    }
    state->string = floor_text_keep(&state->text, part.from, (size_t)(part.to - part.from));
    asked->res.str = &state->string;
    asked->res_len = state->string != NULL;
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
