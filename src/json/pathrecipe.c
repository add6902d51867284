#include "json/pathrecipe.h"

#include "base/text.h"
#include "json/paths.h"

#include <stdlib.h>
#include <string.h>

#define ARGUMENT "{arg}"

/* Bytes of the longest pattern in a message. */
#define SHOWN "%.200s"

/* The pointers so far. */
struct building {
    struct paths *paths;
    const char *argument;
    char **error; /* set: it failed */
    bool no_memory;
};

static bool is_broken(const struct building *building)
{
    return building->no_memory || *building->error != NULL;
}

static void complain(struct building *building, const char *pattern, const char *why)
{
    *building->error = text_format("\"" SHOWN "\": %s", pattern, why);
    building->no_memory = *building->error == NULL;
}

/* True if the part of `length` bytes has a meaning of its own: it is in braces. */
static bool is_braced(const char *part, size_t length)
{
    return length >= 2 && part[0] == '{' && part[1] != '{' && part[length - 1] == '}';
}

static bool is_argument(const char *part, size_t length)
{
    return length == strlen(ARGUMENT) && memcmp(part, ARGUMENT, length) == 0;
}

static bool pattern_has_arg(const char *pattern)
{
    for (const char *at = strchr(pattern, '/'); at != NULL; at = strchr(at + 1, '/')) {
        if (is_argument(at + 1, strcspn(at + 1, "/"))) {
            return true;
        }
    }
    return false;
}

bool path_recipe_has_arg(const struct path_recipe *recipe)
{
    for (size_t i = 0; i < recipe->count; i++) {
        if (pattern_has_arg(recipe->patterns[i])) {
            return true;
        }
    }
    return recipe->is_arg;
}

/* Replaces the part's text. False: out of memory. */
static bool set_part(struct pointer_part *part, const char *text)
{
    char *copy = text_copy(text);

    if (copy == NULL) {
        return false;
    }
    free(part->text);
    pointer_name_part(part, copy);
    return true;
}

/* Gives parts with braces their meaning. */
static void finish_parts(struct building *building, struct pointer *pointer)
{
    for (size_t i = 0; i < pointer->count && !is_broken(building); i++) {
        struct pointer_part *part = &pointer->parts[i];
        bool done = true;

        if (is_argument(part->text, part->length)) {
            done = set_part(part, building->argument);
        } else if (strncmp(part->text, "{{", 2) == 0) {
            memmove(part->text, part->text + 1, part->length);
            pointer_name_part(part, part->text);
        }
        building->no_memory = !done;
    }
}

/* The next pointer, all zero. NULL: there are too many. */
static struct pointer *next_pointer(struct building *building, const char *pattern)
{
    struct paths *paths = building->paths;

    if (paths->count == PATHS_MOST) {
        complain(building, pattern, "these are more than 64 pointers");
        return NULL;
    }
    paths->total++;
    return &paths->pointers[paths->count++];
}

/* `together`: another alternative of the same elements. */
static void add_pointer(struct building *building, const char *text, bool together)
{
    struct pointer *pointer = next_pointer(building, text);

    if (pointer == NULL) {
        return;
    }
    if (!pointer_compile(pointer, text, building->error)) {
        building->no_memory = *building->error == NULL;
        return;
    }
    finish_parts(building, pointer);
    pointer->together = together;
}

/* The first part that stands for several names; NULL: there is none. */
static const char *find_names(const char *pattern, size_t *length)
{
    for (const char *at = strchr(pattern, '/'); at != NULL; at = strchr(at, '/')) {
        *length = strcspn(++at, "/");
        if (is_braced(at, *length) && !is_argument(at, *length)) {
            return at;
        }
    }
    return NULL;
}

/* Is a part of the pattern from `at` on a `*`? */
static bool has_star(const char *at)
{
    for (at = strchr(at, '/'); at != NULL; at = strchr(at, '/')) {
        if (*++at == '*' && (at[1] == '/' || at[1] == '\0')) {
            return true;
        }
    }
    return false;
}

/* Does a name between the braces begin or end with a space, as in {a, b}? */
static bool has_space(const char *names, size_t length)
{
    for (size_t i = 1; i + 1 < length; i++) {
        if (names[i] == ' ' && (strchr("{,", names[i - 1]) != NULL || strchr(",}", names[i + 1]) != NULL)) {
            return true;
        }
    }
    return false;
}

/* What is wrong with the names between the braces, or NULL. */
static const char *check_names(const char *names, size_t length)
{
    size_t inside = strcspn(names + 1, "{}");

    if (inside != length - 2 || memchr(names, ',', length) == NULL) {
        return "a part in braces is {arg}, or several names with commas between them: {a,b}; of a key that "
               "looks like that write the first brace twice";
    }
    if (has_space(names, length)) {
        return "names in braces stand without spaces around them: {a,b}; of keys that have such give a list "
               "of "
               "paths";
    }
    if (has_star(names)) {
        return "{a,b} stands behind the last \"*\"; give a list of paths";
    }
    return NULL;
}

static bool add_pattern(struct building *building, const char *pattern, bool together);

/* The pattern with each of the names at `names`. */
static bool add_each(struct building *building, const char *pattern, const char *names, size_t length,
                     bool together)
{
    const char *name = names + 1, *behind = names + length;

    while (name < behind && !is_broken(building)) {
        size_t size = strcspn(name, ",}");
        char *text;

        if (size == 1 && *name == '*') {
            complain(building, pattern, "\"*\" in braces is no name");
            return together;
        }
        text = text_format("%.*s%.*s%s", (int)(names - pattern), pattern, (int)size, name, behind);

        if (text == NULL) {
            building->no_memory = true;
            return together;
        }
        together = add_pattern(building, text, together);
        free(text);
        name += size + 1;
    }
    return together;
}

/* Adds the pointers of a pattern. Returns whether another one belongs to them. */
static bool add_pattern(struct building *building, const char *pattern, bool together)
{
    size_t length;
    const char *names = find_names(pattern, &length), *problem;

    if (names == NULL) {
        add_pointer(building, pattern, together);
        return true;
    }
    problem = check_names(names, length);
    if (problem != NULL) {
        complain(building, pattern, problem);
        return together;
    }
    return add_each(building, pattern, names, length, together);
}

size_t pointer_parts_of_element(const struct pointer *pointer)
{
    for (size_t i = pointer->count; i > 0; i--) {
        if (pointer->parts[i - 1].star) {
            return i;
        }
    }
    return pointer->count > 0 ? pointer->count - 1 : 0;
}

/* Puts copies of the first `count` parts of `from` before those of `pointer`. False: out of memory. */
static bool prepend_parts(struct pointer *pointer, const struct pointer *from, size_t count)
{
    struct pointer_part *parts = calloc(count + pointer->count + 1, sizeof(*parts));

    if (parts == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        parts[i] = from->parts[i];
        parts[i].text = text_copy(from->parts[i].text);
        if (parts[i].text == NULL) {
            while (i > 0) {
                free(parts[--i].text);
            }
            free(parts);
            return false;
        }
    }
    memcpy(parts + count, pointer->parts, pointer->count * sizeof(*parts));
    free(pointer->parts);
    pointer->parts = parts;
    pointer->count += count;
    return true;
}

/* Fills `pointer` for the condition's key, for elements of `of`. */
static void add_condition(struct building *building, struct pointer *pointer, const char *key,
                          const struct pointer *of)
{
    bool from_element = key[0] != '/';
    char *text = text_format("%s%s", from_element ? "/" : "", key);

    if (text == NULL) {
        building->no_memory = true;
        return;
    }
    if (!pointer_compile(pointer, text, building->error)) {
        building->no_memory = *building->error == NULL;
    } else if (pointer_has_star(pointer)) {
        complain(building, key, "a condition has no \"*\"");
    } else if (from_element) {
        size_t count = pointer_parts_of_element(of);

        if (count + pointer->count > POINTER_MOST_PARTS) {
            complain(building, key, "it has more than 64 parts");
        } else {
            building->no_memory = !prepend_parts(pointer, of, count);
        }
    }
    free(text);
}

/* Adds the pointers of all conditions, and of the default. */
static void add_others(struct building *building, const struct path_recipe *recipe)
{
    struct paths *paths = building->paths;

    paths->conditions = recipe->conditions;
    paths->condition_count = recipe->condition_count;
    for (size_t i = 0; i < paths->count; i++) {
        for (size_t k = 0; k < recipe->condition_count && !is_broken(building); k++) {
            add_condition(building, &paths->pointers[paths->total++], recipe->conditions[k].key,
                          &paths->pointers[i]);
        }
    }
    if (recipe->fallback != NULL && !is_broken(building)) {
        struct pointer *pointer = &paths->pointers[paths->total++];

        paths->has_fallback = true;
        if (!pointer_compile(pointer, recipe->fallback, building->error)) {
            building->no_memory = *building->error == NULL;
        } else if (pointer_has_star(pointer)) {
            complain(building, recipe->fallback, "the path of a default has no \"*\"");
        }
    }
}

/* Room for all pointers that the recipe can have. NULL: out of memory. */
static struct paths *new_paths(const struct path_recipe *recipe)
{
    struct paths *paths = calloc(1, sizeof(*paths));
    size_t capacity = PATHS_MOST * (1 + recipe->condition_count) + 1;

    if (paths != NULL) {
        paths->pointers = calloc(capacity, sizeof(*paths->pointers));
    }
    if (paths == NULL || paths->pointers == NULL) {
        free(paths);
        return NULL;
    }
    return paths;
}

/* Gives back the room that was not needed. */
static void shrink(struct paths *paths)
{
    size_t count = paths->total > 0 ? paths->total : 1;
    struct pointer *pointers = realloc(paths->pointers, count * sizeof(*pointers));

    paths->pointers = pointers != NULL ? pointers : paths->pointers;
}

struct paths *path_recipe_build(const struct path_recipe *recipe, const char *argument, char **error)
{
    struct building building = {.argument = argument, .error = error};

    *error = NULL;
    building.paths = new_paths(recipe);
    if (building.paths == NULL) {
        return NULL;
    }
    if (recipe->is_arg) {
        if (!pointer_compile(next_pointer(&building, argument), argument, error)) {
            building.no_memory = *error == NULL;
        }
    }
    for (size_t i = 0; i < recipe->count && !is_broken(&building); i++) {
        add_pattern(&building, recipe->patterns[i], false);
    }
    if (!is_broken(&building)) {
        add_others(&building, recipe);
    }
    if (is_broken(&building)) {
        paths_free(building.paths);
        return NULL;
    }
    shrink(building.paths);
    return building.paths;
}

static void free_texts(char **texts, size_t count)
{
    for (size_t i = 0; texts != NULL && i < count; i++) {
        free(texts[i]);
    }
    free(texts);
}

void path_recipe_clear(struct path_recipe *recipe)
{
    free_texts(recipe->patterns, recipe->count);
    for (size_t i = 0; i < recipe->condition_count; i++) {
        free(recipe->conditions[i].key);
        free_texts(recipe->conditions[i].texts, recipe->conditions[i].count);
    }
    free(recipe->conditions);
    free(recipe->fallback);
    *recipe = (struct path_recipe){0};
}
