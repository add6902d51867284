#include "format/columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes around a name, and its NUL; of a number without a name, at most. */
#define AROUND      5
#define MOST_DIGITS 20

size_t format_keys_size(const struct format_columns *columns)
{
    size_t size = columns->count * sizeof(*columns->keys);

    for (size_t i = 0; i < columns->count; i++) {
        const size_t length = strlen(columns->names[i]);

        size += AROUND + (length > 0 ? length : MOST_DIGITS);
    }
    return size;
}

/* Does the name stand in JSON as it is? */
static bool is_plain(const char *name)
{
    while ((unsigned char)*name >= 0x20 && *name != '"' && *name != '\\') {
        name++;
    }
    return *name == '\0';
}

bool format_make_keys(struct format_columns *columns)
{
    const size_t size = format_keys_size(columns);
    char *at, *end;

    columns->keys = malloc(size);
    if (columns->keys == NULL) {
        return columns->count == 0;
    }
    at = (char *)(columns->keys + columns->count);
    end = (char *)columns->keys + size;
    for (size_t i = 0; i < columns->count; i++) {
        const char *name = columns->names[i];
        struct format_key *key = &columns->keys[i];

        *key = (struct format_key){.text = NULL};
        if (is_plain(name)) {
            key->text = at;
            key->length = (size_t)(name[0] != '\0' ? snprintf(at, (size_t)(end - at), ",\"%s\":", name)
                                                   : snprintf(at, (size_t)(end - at), ",\"%zu\":", i));
            at += key->length + 1;
        }
    }
    return true;
}

void format_write_key(const struct format_columns *columns, size_t number, struct json_writer *writer)
{
    const bool is_named = number < columns->count;
    const char *name = is_named ? columns->names[number] : "";

    if (is_named && columns->keys != NULL && columns->keys[number].text != NULL) {
        json_write_quoted(writer, columns->keys[number].text, columns->keys[number].length);
    } else {
        json_write_column(writer, name, strlen(name), number);
    }
}

void format_free_columns(struct format_columns *columns)
{
    for (size_t i = 0; i < columns->count; i++) {
        free(columns->names[i]);
    }
    free(columns->names);
    free(columns->keys);
}
