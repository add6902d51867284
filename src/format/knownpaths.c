#include "format/knownpaths.h"

#include "base/text.h"

#include <stdio.h>

/* Names that are compared for "did you mean", at most. */
#define MOST_NEAR 128

static bool is_any(const struct pointer_part *part)
{
    return part->length == 1 && part->text[0] == '*';
}

static void fill(struct path_fault *fault, const struct format *format, size_t part, bool is_text)
{
    *fault = (struct path_fault){.format = format, .part = part, .is_text = is_text};
}

static void suggest(struct path_fault *fault, const char *word, const char *const *names)
{
    const char *nearest = text_nearest(word, names);

    snprintf(fault->nearest, sizeof(fault->nearest), "%s", nearest != NULL ? nearest : "");
}

/* ---- formats with a fixed set of parts ---- */

/* The parts of a list in formats.def: at the name of the next one of the same path; NULL: that is its end. */
static const char *next_part(const char *at)
{
    at += strcspn(at, "/ ");
    return *at == '/' ? at + 1 : NULL;
}

/* Behind the path at `at`, at the next one's name; NULL: it is the last. */
static const char *next_path(const char *at)
{
    at += strcspn(at, " ");
    return *at == ' ' ? at + 2 : NULL;
}

static bool has_name(const char *at, const struct pointer_part *part)
{
    return (*at >= 'A' && *at <= 'Z') || is_any(part) ||
           (strcspn(at, "/ ") == part->length && memcmp(at, part->text, part->length) == 0);
}

/* How many of the pointer's parts from `from` on the path at `at` has; `*ends`: it has no more itself. */
static size_t count_common(const char *at, const struct pointer *pointer, size_t from, bool *ends)
{
    size_t count = 0;

    while (at != NULL && from + count < pointer->count && has_name(at, &pointer->parts[from + count])) {
        count++;
        at = next_part(at);
    }
    *ends = at == NULL;
    return count;
}

static void suggest_path(struct path_fault *fault, const char *word)
{
    char names_text[512];
    const char *names[MOST_NEAR + 1];
    size_t used = 0, count = 0;

    for (const char *at = fault->format->kind->paths + 1; at != NULL && count < MOST_NEAR;
         at = next_path(at)) {
        const size_t length = strcspn(at, "/ ");

        if (used + length + 1 > sizeof(names_text)) {
            break;
        }
        names[count++] = names_text + used;
        memcpy(names_text + used, at, length);
        used += length;
        names_text[used++] = '\0';
    }
    names[count] = NULL;
    suggest(fault, word, names);
}

static bool finds_fixed(const struct format *format, const struct pointer *pointer, size_t from,
                        struct path_fault *fault)
{
    size_t most = 0;

    for (const char *at = format->kind->paths + 1; at != NULL; at = next_path(at)) {
        bool ends;
        const size_t common = count_common(at, pointer, from, &ends);

        if (from + common == pointer->count) {
            return true;
        }
        if (common > most || (common == 0 && most == 0)) {
            most = common;
            fill(fault, format, from + common, ends);
        }
    }
    if (most == 0) {
        suggest_path(fault, pointer->parts[from].text);
    }
    return false;
}

/* ---- columns and groups ---- */

static bool has_column(const struct format *format, const struct pointer_part *part)
{
    const struct format_columns *columns = &format->columns;

    if (part->is_number) {
        return !format->kind->has_pattern || part->number < columns->count;
    }
    if (format->header || is_any(part)) {
        return true;
    }
    for (size_t i = 0; i < columns->count; i++) {
        if (columns->names[i][0] != '\0' && strcmp(columns->names[i], part->text) == 0) {
            return true;
        }
    }
    return false;
}

static void suggest_column(struct path_fault *fault, const char *word)
{
    const struct format_columns *columns = &fault->format->columns;
    const char *names[MOST_NEAR + 1];
    size_t count = 0;

    for (size_t i = 0; i < columns->count && count < MOST_NEAR; i++) {
        if (columns->names[i][0] != '\0') {
            names[count++] = columns->names[i];
        }
    }
    names[count] = NULL;
    suggest(fault, word, names);
}

static bool finds_column(const struct format *format, const struct pointer *pointer, size_t from,
                         struct path_fault *fault)
{
    if (!has_column(format, &pointer->parts[from])) {
        fill(fault, format, from, false);
        suggest_column(fault, pointer->parts[from].text);
        return false;
    }
    if (from + 1 < pointer->count) {
        fill(fault, format, from + 1, true);
        return false;
    }
    return true;
}

/* ---- all ---- */

/* Looks at the parts from `from` on, which are inside a payload, or a part, of the format. */
static bool finds(const struct format *format, const struct pointer *pointer, size_t from,
                  struct path_fault *fault)
{
    const struct format_kind *kind = format->kind;

    if (from == pointer->count) {
        return true;
    }
    if (kind->has_columns || kind->has_pattern) {
        return finds_column(format, pointer, from, fault);
    }
    return kind->paths == NULL || finds_fixed(format, pointer, from, fault);
}

bool knownpaths_can_find(const struct format *format, const struct pointer *pointer, struct path_fault *fault)
{
    bool found = finds(format, pointer, 0, fault);

    for (size_t i = 0; !found && i < format->inside_count;
         i++) { /* inner parts later: theirs is the reason */
        const struct format_inside *inside = &format->inside[i];

        if (format_path_enters(inside, pointer)) {
            found = finds(inside->format, pointer, inside->path->pointers[0].count, fault);
        }
    }
    return found;
}

void knownpaths_list(const struct format *format, char *text, size_t size)
{
    static const char cut[] = " ...";
    const struct format_columns *columns = &format->columns;
    size_t used = 0;

    if (format->kind->paths != NULL) {
        snprintf(text, size, "%s", format->kind->paths);
        return;
    }
    snprintf(text, size, "columns without names, /0, /1 and so on");
    for (size_t i = 0; i < columns->count && used < size; i++) {
        if (columns->names[i][0] != '\0') {
            used +=
                (size_t)snprintf(text + used, size - used, "%s/%s", used > 0 ? " " : "", columns->names[i]);
        } else if (format->kind->has_pattern) {
            used += (size_t)snprintf(text + used, size - used, "%s/%zu", used > 0 ? " " : "", i);
        }
    }
    if (used >= size) {
        memcpy(text + size - sizeof(cut), cut, sizeof(cut));
    }
}
