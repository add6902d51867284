#include "text/csv.h"

#include "format/writers.h"

#include <string.h>

/* A column's name: of the list, or the header. */
struct name {
    const char *text;
    size_t length;
};

static void put_value(const struct csv_value *value, struct json_writer *writer)
{
    const char *from = value->text, *const end = from + value->length;

    if (json_write_plain(writer, from, end)) {
        return;
    }
    json_begin_text(writer, from);
    while (from < end) {
        const char *quote = value->doubled ? memchr(from, '"', (size_t)(end - from)) : NULL;
        const char *stop = quote != NULL ? quote + 1 : end;

        json_put(writer, from, (size_t)(stop - from));
        from = stop + (quote != NULL);
    }
    json_end_text(writer, end);
}

/* All values of the record, up to a fault. */
static void write_record(const struct format_columns *columns, struct csv *csv, struct json_writer *writer)
{
    struct csv_value value = {.last = false};

    json_write_bracket(writer, columns->count > 0 ? '{' : '[');
    for (size_t i = 0; !value.last && csv_next(csv, &value) == NULL; i++) {
        if (columns->count > 0) {
            format_write_key(columns, i, writer);
        }
        put_value(&value, writer);
    }
    json_write_bracket(writer, columns->count > 0 ? '}' : ']');
}

/* The values of the second record, by the names in the first. */
static void write_headed(struct csv *names, struct csv *values, struct json_writer *writer)
{
    struct csv_value name = {.last = false}, value = {.last = false};
    bool named = true;

    json_write_bracket(writer, '{');
    for (size_t i = 0; !value.last && csv_next(values, &value) == NULL; i++) {
        named = named && !name.last && csv_next(names, &name) == NULL;
        if (named && name.doubled) {
            char *text = pool_take(writer->pool, name.length + 1);

            name.length = text != NULL ? csv_copy(&name, text) : 0;
            name.text = text;
            writer->no_memory = writer->no_memory || text == NULL;
        }
        json_write_column(writer, name.text, named ? name.length : 0, i);
        put_value(&value, writer);
    }
    json_write_bracket(writer, '}');
}

/* True if the record's values are the names of the columns. */
static bool is_header(const struct format_columns *columns, struct csv csv)
{
    struct csv_value value = {.last = false};
    size_t i = 0;

    for (; i < columns->count && !value.last && csv_next(&csv, &value) == NULL; i++) {
        if (value.doubled || value.length != strlen(columns->names[i]) ||
            memcmp(value.text, columns->names[i], value.length) != 0) {
            return false;
        }
    }
    return columns->count > 0 && i == columns->count && value.last;
}

/* Behind the first record; false: it has a fault. */
static bool skip_record(struct csv *csv)
{
    struct csv_value value = {.last = false};

    while (!value.last) {
        if (csv_next(csv, &value) != NULL) {
            return false;
        }
    }
    return true;
}

void csv_write(struct format_use *use, const char *at, const char *end, struct json_writer *writer)
{
    const struct format *format = use->format;
    struct csv csv = {.at = at, .end = end, .separator = format->separator}, names;

    while (csv_skip_empty(&csv)) {
    }
    names = csv;
    if (format->header && (csv.at == end || !skip_record(&csv))) {
        return;
    }
    while (format->header && csv_skip_empty(&csv)) {
    }
    if (csv.at == end) {
        return;
    }
    if (format->header) {
        write_headed(&names, &csv, writer);
    } else if (!is_header(&format->columns, csv)) {
        write_record(&format->columns, &csv, writer);
    }
}
