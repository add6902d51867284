#include "json/jsonpointer.h"

#include "event/parsetext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *complain(const char *pointer, const char *why)
{
    size_t size = strlen(pointer) + strlen(why) + 64;
    char *text = malloc(size);

    if (text != NULL) {
        snprintf(text, size, "\"%s\" is no JSON Pointer: %s", pointer, why);
    }
    return text;
}

bool pointer_read_part(struct pointer_part *part, char *to, const char *from, size_t length)
{
    part->text = to;
    for (size_t i = 0; i < length; i++) {
        if (from[i] != '~') {
            *to++ = from[i];
            continue;
        }
        if (i + 1 == length || (from[i + 1] != '0' && from[i + 1] != '1')) {
            return false;
        }
        *to++ = from[++i] == '0' ? '~' : '/';
    }
    *to = '\0';
    part->length = (size_t)(to - part->text);
    part->star = length == 1 && from[0] == '*';
    part->is_number = digits_parse(part->text, part->length, &part->number);
    return true;
}

void pointer_name_part(struct pointer_part *part, char *text)
{
    part->text = text;
    part->length = strlen(text);
    part->star = false;
    part->is_number = digits_parse(part->text, part->length, &part->number);
}

static size_t count_parts(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++) {
        count += *text == '/';
    }
    return count;
}

bool pointer_compile(struct pointer *pointer, const char *text, char **error)
{
    size_t count = count_parts(text);
    const char *at = text;

    *error = NULL;
    if (text[0] != '\0' && text[0] != '/') {
        *error = complain(text, POINTER_BEGIN);
        return false;
    }
    if (count > POINTER_MOST_PARTS) {
        *error = complain(text, "it has more than 64 parts");
        return false;
    }
    pointer->parts = calloc(count + 1, sizeof(*pointer->parts));
    if (pointer->parts == NULL) {
        return false;
    }
    while (*at == '/') {
        size_t length = strcspn(++at, "/");
        struct pointer_part *part = &pointer->parts[pointer->count];

        part->text = malloc(length + 1);
        if (part->text == NULL) {
            return false;
        }
        pointer->count++;
        if (!pointer_read_part(part, part->text, at, length)) {
            *error = complain(text, POINTER_ESCAPES);
            return false;
        }
        at += length;
    }
    return true;
}

void pointer_clear(struct pointer *pointer)
{
    for (size_t i = 0; i < pointer->count; i++) {
        free(pointer->parts[i].text);
    }
    free(pointer->parts);
    *pointer = (struct pointer){0};
}

bool pointer_has_star(const struct pointer *pointer)
{
    for (size_t i = 0; i < pointer->count; i++) {
        if (pointer->parts[i].star) {
            return true;
        }
    }
    return false;
}
