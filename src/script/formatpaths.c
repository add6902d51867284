#include "script/formatpaths.h"

#include "format/knownpaths.h"
#include "lua/budget.h"
#include "script/vm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Letters of a path in a message, at most. */
#define LONGEST_SHOWN 160

/* Units of comparing a part with a name. */
#define UNITS_OF_NAME 4

/* Where a path is declared. */
struct place {
    const char *word;  /* to find its line */
    const char *field; /* or NULL */
    const char *key;
};

/* Writes the pointer's first parts as a script has them. */
static void show_pointer(const struct pointer *pointer, size_t count, char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < count && used + 3 < size; i++) {
        text[used++] = '/';
        for (const char *at = pointer->parts[i].text; *at != '\0' && used + 3 < size; at++) {
            const char *escape = *at == '~' ? "~0" : *at == '/' ? "~1" : NULL;

            text[used++] = escape != NULL ? escape[0] : *at;
            if (escape != NULL) {
                text[used++] = escape[1];
            }
        }
        text[used] = '\0';
    }
}

/* What to do about it: ` ; did you mean "/client"?`. */
static void show_advice(const struct pointer *pointer, const struct path_fault *fault, char *text,
                        size_t size)
{
    char before[LONGEST_SHOWN], list[256];

    show_pointer(pointer, fault->part, before, sizeof(before));
    if (fault->is_text) {
        snprintf(text, size,
                 "is a text, which has no parts; if it is of a format, say inside = { [\"%s\"] = FORMAT }",
                 before);
    } else if (fault->nearest[0] != '\0') {
        snprintf(text, size, "; did you mean \"%s/%s\"?", before, fault->nearest);
    } else {
        knownpaths_list(fault->format, list, sizeof(list));
        snprintf(text, size, "; it has %s", list);
    }
}

static void add_fault(const struct place *place, const struct pointer *pointer,
                      const struct path_fault *fault, struct findings *findings)
{
    const char *format = fault->format->kind->name;
    char shown[LONGEST_SHOWN], advice[2 * LONGEST_SHOWN + 256];

    show_pointer(pointer, fault->part + (fault->is_text ? 0 : 1), shown, sizeof(shown));
    show_advice(pointer, fault, advice, sizeof(advice));
    findings_add(findings, place->word, "%s%s%s%s: %s%s%s \"%s\"%s%s", place->field != NULL ? "field " : "",
                 place->field != NULL ? place->field : "", place->field != NULL ? ": " : "", place->key,
                 fault->is_text ? "in " : "", format, fault->is_text ? "" : " has no", shown,
                 fault->is_text ? " " : "", advice);
}

/* Checks all pointers of the paths: those of conditions and defaults, too. */
static void check(const struct format *format, const struct paths *paths, const char *field, const char *key,
                  struct findings *findings)
{
    struct path_fault fault;

    for (size_t i = 0; i < paths->total && !findings_is_full(findings); i++) {
        const bool is_default = paths->has_fallback && i + 1 == paths->total;
        const struct place place = {.word = field != NULL ? field : key,
                                    .field = field,
                                    .key = i < paths->count ? key
                                           : is_default     ? "default"
                                                            : "where"};

        if (!knownpaths_can_find(format, &paths->pointers[i], &fault)) {
            add_fault(&place, &paths->pointers[i], &fault, findings);
        }
    }
}

/* The field's paths, where those that depend on its argument have "*" in its place. NULL: there is nothing to
 * check, or memory is out: `*no_memory`. The caller frees `*own`. */
static const struct paths *paths_of(const struct field *field, struct paths **own, bool *no_memory)
{
    char *error = NULL;

    *own = NULL;
    if (!field->path_has_arg || field->recipe.is_arg) {
        return field->path;
    }
    *own = path_recipe_build(&field->recipe, "*", &error); /* it was tried: fieldpath_build */
    *no_memory = *own == NULL && error == NULL;
    free(error);
    return *own;
}

/* Charges the search for so many pointers in the format's columns, and in its parts. */
static void charge_lj(lua_State *L, const struct format *format, size_t pointers)
{
    size_t steps = 32 + format->columns.count; /* of a fixed set of parts there are no more */

    for (size_t i = 0; i < format->inside_count; i++) {
        steps += 32 + format->inside[i].format->columns.count;
    }
    budget_charge_lj(L, UNITS_OF_NAME * pointers * steps);
}

static bool finish_field(const struct format *format, struct field *field, struct findings *findings)
{
    bool no_memory = false;
    struct paths *own;
    const struct paths *paths = paths_of(field, &own, &no_memory);

    no_memory = no_memory || !format_name_columns(format, own != NULL ? own : field->path);
    if (paths != NULL && !no_memory) {
        check(format, paths, field->name, "path", findings);
    }
    paths_free(own);
    return !no_memory;
}

/* Names and checks the paths of one thing; NULL: it has none. */
static void finish_paths_lj(lua_State *L, const struct format *format, struct paths *paths, const char *key,
                            struct findings *findings)
{
    if (paths == NULL) {
        return;
    }
    charge_lj(L, format, paths->total);
    if (!format_name_columns(format, paths)) {
        vm_no_memory_lj(L);
    }
    check(format, paths, NULL, key, findings);
}

void formatpaths_finish_lj(lua_State *L, struct manifest *manifest)
{
    const struct format *format = manifest->format;

    for (size_t i = 0; format != NULL && i < format->inside_count; i++) { /* outer ones first */
        finish_paths_lj(L, format, format->inside[i].path, "inside", &manifest->findings);
    }
    if (format != NULL) {
        finish_paths_lj(L, format, manifest->when, "when", &manifest->findings);
    }
    for (size_t i = 0; format != NULL && i < manifest->field_count; i++) {
        struct field *field = &manifest->fields[i];

        charge_lj(L, format, field->path != NULL ? field->path->total : PATHS_MOST);
        if (!finish_field(format, field, &manifest->findings)) {
            vm_no_memory_lj(L);
        }
    }
}
