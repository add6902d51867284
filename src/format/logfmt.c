#include "text/logfmt.h"

#include "format/writers.h"

/* False: the value has an escape that is none, or memory is out. */
static bool write_escaped(const struct logfmt_pair *pair, struct json_writer *writer)
{
    char *text = pool_take(writer->pool, LOGFMT_MOST_UNQUOTED(pair->value_length));
    size_t length;

    if (text == NULL) {
        writer->no_memory = true;
        return false;
    }
    if (!logfmt_unquote(pair, text, &length)) {
        return false;
    }
    json_write_key(writer, pair->key, pair->key_length);
    json_begin_text(writer, pair->value);
    json_put(writer, text, length);
    json_end_text(writer, pair->value + pair->value_length);
    return true;
}

/* False: what is behind the pair is not read. */
static bool write_pair(const struct logfmt_pair *pair, struct json_writer *writer)
{
    if (pair->escaped) {
        return write_escaped(pair, writer);
    }
    json_write_key(writer, pair->key, pair->key_length);
    if (pair->alone) {
        json_write_word(writer, "true");
    } else {
        json_write_text(writer, pair->value, pair->value + pair->value_length);
    }
    return true;
}

void logfmt_write(struct format_use *use, const char *at, const char *end, struct json_writer *writer)
{
    struct logfmt logfmt = {.at = at, .end = end};
    struct logfmt_pair pair;
    const char *problem;

    (void)use;
    json_write_bracket(writer, '{');
    while (logfmt_next(&logfmt, &pair, &problem) == LOGFMT_PAIR && write_pair(&pair, writer)) {
    }
    json_write_bracket(writer, '}');
}
