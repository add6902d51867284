/*
 * records: takes any text apart as CSV (src/text/csv.h) and as logfmt (src/text/logfmt.h), and fails where
 * that is not what readers say that go byte by byte; where a reader does not come to an end; or where an
 * unquoted value is not UTF-8. The first byte is CSV's separator. The text ends where its memory ends.
 */
#include "base/utf8.h"
#include "input.h"
#include "text/csv.h"
#include "text/logfmt.h"

#include <stdio.h>
#include <stdlib.h>

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    abort();
}

/* What a reader says, as bytes that are compared. */
struct answer {
    char *bytes;
    size_t length;
};

static void add(struct answer *answer, const char *bytes, size_t length)
{
    memcpy(answer->bytes + answer->length, bytes, length);
    answer->length += length;
}

static void add_mark(struct answer *answer, char mark)
{
    const char bytes[] = {'\\', mark};

    add(answer, bytes, sizeof(bytes));
}

static void compare(const struct answer *ours, const struct answer *reference, const char *what)
{
    if (ours->length != reference->length || memcmp(ours->bytes, reference->bytes, ours->length) != 0) {
        fprintf(stderr, "%.*s\nreference:\n%.*s\n", (int)ours->length, ours->bytes, (int)reference->length,
                reference->bytes);
        fail(what);
    }
}

/* ---- CSV ---- */

static void read_csv(const char *text, size_t length, char separator, struct answer *answer)
{
    struct csv csv = {.at = text, .end = text + length, .separator = separator, .line = 1};
    struct csv_value value;
    const char *problem = NULL;

    while (csv.at < csv.end && problem == NULL) {
        if (csv_skip_empty(&csv)) {
            continue;
        }
        do {
            problem = csv_next(&csv, &value);
            if (problem == NULL) {
                answer->length += csv_copy(&value, answer->bytes + answer->length);
                add_mark(answer, value.last ? 'r' : 'v');
            }
        } while (problem == NULL && !value.last);
    }
    if (problem != NULL) {
        add_mark(answer, 'w');
    }
}

enum state { RECORD, VALUE, PLAIN, QUOTED, QUOTE };

static enum state end_value(struct answer *answer, char byte, char separator)
{
    add_mark(answer, byte == separator ? 'v' : 'r');
    return byte == separator ? VALUE : RECORD;
}

static void refer_csv(const char *text, size_t length, char separator, struct answer *answer)
{
    enum state state = RECORD;

    for (size_t i = 0; i < length; i++) {
        const char byte = text[i];
        const bool is_end = byte == separator || byte == '\n' || byte == '\r';

        if (state == RECORD && (byte == '\n' || byte == '\r')) {
            continue; /* an empty line, or the rest of a line break */
        }
        if (state == QUOTED && byte != '"') {
            add(answer, &byte, 1);
        } else if (state == QUOTED) {
            state = QUOTE;
        } else if (state == QUOTE && byte == '"') {
            add(answer, &byte, 1);
            state = QUOTED;
        } else if (state == QUOTE && !is_end) {
            add_mark(answer, 'w');
            return;
        } else if (is_end) {
            state = end_value(answer, byte, separator);
        } else if (state != PLAIN && byte == '"') {
            state = QUOTED;
        } else {
            add(answer, &byte, 1);
            state = PLAIN;
        }
    }
    if (state == QUOTED) {
        add_mark(answer, 'w');
    } else if (state != RECORD) {
        add_mark(answer, 'r');
    }
}

/* What a value had before the error does not count. */
static void cut(struct answer *answer)
{
    size_t end = answer->length;

    if (end < 2 || answer->bytes[end - 1] != 'w' || answer->bytes[end - 2] != '\\') {
        return;
    }
    answer->length = 0;
}

/* ---- logfmt ---- */

static void check_unquoted(const struct logfmt_pair *pair)
{
    char *to = malloc(LOGFMT_MOST_UNQUOTED(pair->value_length));
    size_t length;

    if (logfmt_unquote(pair, to, &length)) {
        size_t good = 0;

        if (length > LOGFMT_MOST_UNQUOTED(pair->value_length)) {
            fail("an unquoted value has no room");
        }
        while (good < length && (good += utf8_clean(to + good, length - good, UTF8_TEXT)) < length) {
            if (to[good++] != '\0') { /* \u0000 */
                fail("an unquoted value is not UTF-8");
            }
        }
    }
    free(to);
}

static void read_logfmt(const char *text, size_t length, struct answer *answer)
{
    struct logfmt logfmt = {.at = text, .end = text + length};
    struct logfmt_pair pair;
    const char *problem = NULL;
    enum logfmt_result result;

    while ((result = logfmt_next(&logfmt, &pair, &problem)) == LOGFMT_PAIR) {
        add(answer, pair.key, pair.key_length);
        add_mark(answer, pair.alone ? 'a' : '=');
        add(answer, pair.value, pair.value_length);
        add_mark(answer, pair.escaped ? 'e' : 'v');
        if (pair.escaped) {
            check_unquoted(&pair);
        }
    }
    if (result == LOGFMT_WRONG) {
        add_mark(answer, 'w');
        if (problem == NULL || logfmt.at < text || logfmt.at >= text + length) {
            fail("what is wrong is not said, or nowhere");
        }
    }
}

/* A key is UTF-8 without U+FFFD, by a look at each place. */
static bool is_key(const char *key, size_t length)
{
    for (size_t i = 0; i + 2 < length; i++) {
        if (memcmp(key + i, "\xEF\xBF\xBD", 3) == 0) {
            return false;
        }
    }
    return length > 0 && utf8_clean(key, length, UTF8_TEXT) == length;
}

static void refer_logfmt(const char *text, size_t length, struct answer *answer)
{
    size_t i = 0, begin;

    for (;;) {
        bool escaped = false;

        while (i < length && (unsigned char)text[i] <= ' ') {
            i++;
        }
        if (i == length) {
            return;
        }
        for (begin = i; i < length && (unsigned char)text[i] > ' ' && text[i] != '='; i++) {
            if (text[i] == '"') {
                add_mark(answer, 'w');
                return;
            }
        }
        if (!is_key(text + begin, i - begin)) {
            add_mark(answer, 'w');
            return;
        }
        add(answer, text + begin, i - begin);
        add_mark(answer, i < length && text[i] == '=' ? '=' : 'a');
        if (i < length && text[i] == '=') {
            const bool quoted = ++i < length && text[i] == '"';

            begin = i += quoted;
            for (; i < length && (quoted ? text[i] != '"' && text[i] != '\n' : (unsigned char)text[i] > ' ');
                 i++) {
                if (quoted && text[i] == '\\' && i + 1 < length) {
                    escaped = true;
                    i++;
                } else if (!quoted && (text[i] == '=' || text[i] == '"')) {
                    break;
                }
            }
            if (quoted ? i >= length || text[i] != '"' : i < length && (text[i] == '=' || text[i] == '"')) {
                add_mark(answer, 'w');
                return;
            }
            add(answer, text + begin, i - begin);
            i += quoted;
        }
        add_mark(answer, escaped ? 'e' : 'v');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const size_t length = size > 0 ? size - 1 : 0;
    const char separator = size > 0 && strchr("\"\n\r", data[0]) == NULL ? (char)data[0] : ',';
    char *text = malloc(length + (length == 0));
    struct answer ours = {.bytes = malloc(8 * length + 64)}, reference = {.bytes = malloc(8 * length + 64)};

    if (length > 0) {
        memcpy(text, data + 1, length);
    }
    read_csv(text, length, separator, &ours);
    refer_csv(text, length, separator, &reference);
    cut(&ours);
    cut(&reference);
    compare(&ours, &reference, "CSV is not what the reference says");
    ours.length = reference.length = 0;
    read_logfmt(text, length, &ours);
    refer_logfmt(text, length, &reference);
    cut(&ours);
    cut(&reference);
    compare(&ours, &reference, "logfmt is not what the reference says");
    free(ours.bytes);
    free(reference.bytes);
    free(text);
    return 0;
}
