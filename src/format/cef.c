#include "format/pipeheader.h"
#include "format/writers.h"

#include <string.h>

/* A letter of a key: all but a space, the sign and what escapes it. */
static bool is_key(const char *at, const char *end)
{
    for (; at < end; at++) {
        if (*at == ' ' || *at == '=' || *at == '\\') {
            return false;
        }
    }
    return true;
}

/* The sign of the next pair, whose key begins at `*key`, or `end`: all before is a value. Signs that follow
 * no key, and those behind a backslash, are a part of it. */
static const char *find_pair(const char *at, const char *end, const char **key)
{
    const char *word = NULL; /* of which the sign may be */

    for (; at < end; at++) {
        if (*at == '\\') {
            at += end - at > 1;
            word = NULL;
        } else if (*at == ' ') {
            word = at + 1;
        } else if (*at == '=') {
            if (word != NULL && word < at) {
                *key = word;
                return at;
            }
            word = NULL;
        }
    }
    *key = end;
    return end;
}

/* Writes a value without its escapes. */
static void write_value(struct json_writer *writer, const char *from, const char *to)
{
    static const char names[] = "\\=|nr", meanings[] = "\\=|\n\r";

    if (json_write_plain(writer, from, to)) {
        return;
    }
    json_begin_text(writer, from);
    while (from < to) {
        const char *slash = memchr(from, '\\', (size_t)(to - from)), *stop = slash != NULL ? slash : to;
        const char *name = to - stop > 1 ? memchr(names, stop[1], sizeof(names) - 1) : NULL;

        json_put(writer, from, (size_t)(stop - from));
        from = stop;
        if (name != NULL) {
            json_put(writer, &meanings[name - names], 1);
            from += 2;
        } else if (from < to) {
            json_put(writer, from++, 1);
        }
    }
    json_end_text(writer, to);
}

/* The pairs of the extension. */
static void write_extension(struct json_writer *writer, const char *at, const char *end)
{
    const char *key, *sign, *next;

    while (at < end && *at == ' ') {
        at++;
    }
    key = at;
    sign = memchr(at, '=', (size_t)(end - at));
    if (sign == NULL || sign == key || !is_key(key, sign)) {
        return;
    }
    json_write_name(writer, "extension");
    json_write_bracket(writer, '{');
    while (sign < end) {
        const char *from = sign + 1, *to, *behind = find_pair(from, end, &next);

        to = next;
        while (to > from && to[-1] == ' ') {
            to--;
        }
        json_write_key(writer, key, (size_t)(sign - key));
        write_value(writer, from, to);
        key = next;
        sign = behind;
    }
    json_write_bracket(writer, '}');
}

void cef_write(struct format_use *use, const char *at, const char *end, struct json_writer *writer)
{
    static const char *const keys[] = {"version", "vendor", "product", "device_version",
                                       "class",   "name",   NULL};
    const char *stop;

    (void)use;
    end = pipeheader_line_end(at, end);
    at = pipeheader_find(at, end, "CEF:");
    if (at == NULL) {
        return;
    }
    while (at < end && *at == ' ') { /* some write one */
        at++;
    }
    json_write_bracket(writer, '{');
    at = pipeheader_write_all(writer, keys, at, end);
    if (at != NULL) {
        stop = pipeheader_end(at, end);
        pipeheader_write(writer, "severity", at,
                         stop != NULL ? stop : end); /* the last pipe may be missing */
        if (stop != NULL) {
            write_extension(writer, stop + 1, end);
        }
    }
    json_write_bracket(writer, '}');
}
