#include "format/writers.h"

#include <string.h>

/* What is left of the line. */
struct line {
    const char *at, *end;
    struct json_writer *writer;
};

static int hex_digit(char letter)
{
    if (letter >= '0' && letter <= '9') {
        return letter - '0';
    }
    letter = (char)(letter | 0x20);
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* The byte that the escape at *at stands for; a backslash that begins none stands for itself. */
static char unescape(const char **at, const char *end)
{
    static const char names[] = "\"\\bfnrtv", meanings[] = "\"\\\b\f\n\r\t\v";
    const char *from = *at, *name = end - from > 1 ? memchr(names, from[1], sizeof(names) - 1) : NULL;

    if (name != NULL) {
        *at += 2;
        return meanings[name - names];
    }
    if (end - from > 3 && from[1] == 'x' && hex_digit(from[2]) >= 0 && hex_digit(from[3]) >= 0) {
        *at += 4;
        return (char)(16 * hex_digit(from[2]) + hex_digit(from[3]));
    }
    *at += 1;
    return '\\';
}

/* A member, unless it is `-`. */
static void write(struct json_writer *writer, const char *key, const char *from, const char *to)
{
    if (to - from == 1 && *from == '-') {
        return;
    }
    json_write_key(writer, key, strlen(key));
    if (json_write_plain(writer, from, to)) {
        return;
    }
    json_begin_text(writer, from);
    while (from < to) {
        const char *slash = memchr(from, '\\', (size_t)(to - from)), *stop = slash != NULL ? slash : to;

        json_put(writer, from, (size_t)(stop - from));
        from = stop;
        if (from < to) {
            const char byte = unescape(&from, to);

            json_put(writer, &byte, 1);
        }
    }
    json_end_text(writer, to);
}

/* A word that ends at a space or the line's end, and the space. NULL: there is none. */
static const char *take_word(struct line *line, const char **to)
{
    const char *from = line->at, *space;

    if (from == line->end || *from == ' ') {
        return NULL;
    }
    space = memchr(from, ' ', (size_t)(line->end - from));
    *to = space != NULL ? space : line->end;
    line->at = space != NULL ? space + 1 : line->end;
    return from;
}

/* The inside of a text in quotes, and the space behind. NULL: there is none, or it has no end. */
static const char *take_quoted(struct line *line, const char **to)
{
    const char *from = line->at + 1, *at = from;

    if (line->at == line->end || *line->at != '"') {
        return NULL;
    }
    while (at < line->end && *at != '"') {
        at += *at == '\\' && line->end - at > 1 ? 2 : 1;
    }
    if (at == line->end) {
        return NULL;
    }
    *to = at;
    line->at = at + (line->end - at > 1 && at[1] == ' ' ? 2 : 1);
    return from;
}

/* The name of a method: letters, and the few others that occur. */
static bool is_method(const char *from, const char *to)
{
    for (const char *at = from; at < to; at++) {
        if (!((*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z') || *at == '-' || *at == '_')) {
            return false;
        }
    }
    return to > from;
}

/* The parts of `GET /target HTTP/1.1`; none if it is something else that was sent. */
static void write_request(struct json_writer *writer, const char *from, const char *to)
{
    const char *space = memchr(from, ' ', (size_t)(to - from)), *target, *last;

    if (space == NULL || !is_method(from, space)) {
        return;
    }
    write(writer, "method", from, space);
    target = space + 1;
    last = memrchr(target, ' ', (size_t)(to - target));
    if (last != NULL && to - last > 5 && memcmp(last + 1, "HTTP/", 5) == 0) {
        write(writer, "target", target, last);
        write(writer, "protocol", last + 1, to);
    } else {
        write(writer, "target", target, to);
    }
}

/* The quote before the request: the first one behind "] "; one in a user's name has a backslash before it. */
static const char *find_request(const char *at, const char *end)
{
    const char *const begin = at;

    while ((at = memchr(at, '"', (size_t)(end - at))) != NULL) {
        if (at - begin >= 2 && at[-1] == ' ' && at[-2] == ']') {
            return at;
        }
        at++;
    }
    return NULL;
}

/* Client, ident, user and time: a user may have spaces and brackets, so the time is what stands in the last
 * brackets before the request. */
static bool write_head(struct line *line)
{
    const char *client, *client_end, *ident, *ident_end, *user, *open, *quote;

    client = take_word(line, &client_end);
    ident = client != NULL ? take_word(line, &ident_end) : NULL;
    user = line->at;
    quote = ident != NULL ? find_request(user, line->end) : NULL;
    open = quote != NULL ? memrchr(user, '[', (size_t)(quote - user)) : NULL;
    if (open == NULL || open == user || open[-1] != ' ') {
        return false;
    }
    json_write_bracket(line->writer, '{');
    write(line->writer, "client", client, client_end);
    write(line->writer, "ident", ident, ident_end);
    write(line->writer, "user", user, open - 1);
    write(line->writer, "time", open + 1, quote - 2);
    line->at = quote;
    return true;
}

/* Those behind the time, as far as they go. */
static void write_rest(struct line *line)
{
    static const char *const words[] = {"status", "bytes"}, *const texts[] = {"referer", "agent"};
    const char *to, *from = take_quoted(line, &to);

    if (from == NULL) {
        return;
    }
    write(line->writer, "request", from, to);
    write_request(line->writer, from, to);
    for (size_t i = 0; i < 2; i++) {
        from = take_word(line, &to);
        if (from == NULL) {
            return;
        }
        write(line->writer, words[i], from, to);
    }
    for (size_t i = 0; i < 2; i++) {
        from = take_quoted(line, &to);
        if (from == NULL) {
            return;
        }
        write(line->writer, texts[i], from, to);
    }
}

void combined_write(struct format_use *use, const char *at, const char *end, struct json_writer *writer)
{
    struct line line = {.at = at, .end = end, .writer = writer};
    const char *last = memchr(at, '\n', (size_t)(end - at));

    (void)use;
    line.end = last != NULL ? last : end;
    line.end -= line.end > at && line.end[-1] == '\r';
    if (write_head(&line)) {
        write_rest(&line);
        json_write_bracket(writer, '}');
    }
}
