#include "format/pipeheader.h"
#include "format/writers.h"

#include <string.h>

static int hex_digit(char letter)
{
    if (letter >= '0' && letter <= '9') {
        return letter - '0';
    }
    letter = (char)(letter | 0x20);
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

/* The byte that "x5E" or "0x5E" stands for; -1: it stands for none. */
static int read_hex(const char *from, const char *to)
{
    int number = 0;

    from += to - from > 1 && from[0] == '0' ? 1 : 0;
    if (to - from < 2 || to - from > 5 || (*from | 0x20) != 'x') {
        return -1;
    }
    for (from++; from < to; from++) {
        const int digit = hex_digit(*from);

        if (digit < 0) {
            return -1;
        }
        number = 16 * number + digit;
    }
    return number > 0 && number <= 0xFF ? number : -1;
}

/* What separates attributes in version 2: the value before the next pipe, which may be missing. Moves behind
 * it. */
static char take_separator(const char **at, const char *end)
{
    const char *stop = memchr(*at, '|', (size_t)(end - *at)), *from = *at;
    int number;

    if (end - from > 1 && from[0] == '|' && from[1] == '|') { /* the pipe itself */
        *at = from + 2;
        return '|';
    }
    if (stop == NULL || stop - from > 6) {
        return '\t';
    }
    number = read_hex(from, stop);
    if (number < 0 && stop - from > 1) {
        return '\t'; /* an attribute */
    }
    *at = stop + 1;
    return number >= 0 ? (char)number : stop > from ? *from : '\t';
}

/* The separator, or the end. One with a backslash before it separates nothing, unless it is a tab: paths of
 * Windows end with a backslash. */
static const char *find_separator(const char *at, const char *end, char separator)
{
    const char *const begin = at;

    while ((at = memchr(at, separator, (size_t)(end - at))) != NULL) {
        if (separator == '\t' || at == begin || at[-1] != '\\') {
            return at;
        }
        at++;
    }
    return end;
}

/* Writes a value, in which a backslash before the sign or the separator is left out. */
static void write_value(struct json_writer *writer, const char *from, const char *to, char separator)
{
    if (json_write_plain(writer, from, to)) {
        return;
    }
    json_begin_text(writer, from);
    while (from < to) {
        const char *slash = memchr(from, '\\', (size_t)(to - from)), *stop = slash != NULL ? slash : to;

        json_put(writer, from, (size_t)(stop - from));
        from = stop;
        if (from < to) {
            from += to - from > 1 && (from[1] == '=' || (from[1] == separator && separator != '\t'));
            json_put(writer, from++, 1);
        }
    }
    json_end_text(writer, to);
}

/* The attributes; what has no sign is passed over. */
static void write_attributes(struct json_writer *writer, const char *at, const char *end, char separator)
{
    json_write_name(writer, "attributes");
    json_write_bracket(writer, '{');
    while (at < end) {
        const char *stop = find_separator(at, end, separator);
        const char *sign = memchr(at, '=', (size_t)(stop - at));

        if (sign != NULL && sign > at) {
            json_write_key(writer, at, (size_t)(sign - at));
            write_value(writer, sign + 1, stop, separator);
        }
        at = stop < end ? stop + 1 : end;
    }
    json_write_bracket(writer, '}');
}

void leef_write(struct format_use *use, const char *at, const char *end, struct json_writer *writer)
{
    static const char *const keys[] = {"version", "vendor", "product", "product_version", "event", NULL};
    const char *version;
    char separator = '\t';

    (void)use;
    end = pipeheader_line_end(at, end);
    at = version = pipeheader_find(at, end, "LEEF:");
    if (at == NULL) {
        return;
    }
    json_write_bracket(writer, '{');
    at = pipeheader_write_all(writer, keys, at, end);
    if (at != NULL && *version == '2') {
        separator = take_separator(&at, end);
    }
    if (at != NULL) {
        write_attributes(writer, at, end, separator);
    }
    json_write_bracket(writer, '}');
}
