#include "script/fieldpath.h"

#include "base/text.h"
#include "event/value.h"
#include "json/paths.h"
#include "script/copies.h"

#include <stdlib.h>
#include <string.h>

/* Most alternatives of one path. */
#define MOST_PATHS 64

/* Bytes that a pointer takes for each of its text's, at most: "/" is a part. */
#define COMPILED 16

/* Collects the pointers of the path at the top. False: it contains something else. Stack: [path] unchanged */
static bool collect_pointers_lj(lua_State *L, const char **pointers, size_t *count)
{
    *count = lua_istable(L, -1) ? lua_rawlen(L, -1) : 1;
    if (!lua_istable(L, -1)) {
        pointers[0] = lua_tostring(L, -1);
        copies_charge_lj(L, COMPILED * lua_rawlen(L, -1));
        return true;
    }
    for (size_t i = 0; i < *count && i < MOST_PATHS; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1); /* path, value */
        pointers[i] = value_name(L, -1);        /* the list keeps it alive */
        lua_pop(L, 1);                          /* path */
        if (pointers[i] == NULL) {
            return false;
        }
        copies_charge_lj(L, COMPILED * strlen(pointers[i]));
    }
    return *count > 0 && *count <= MOST_PATHS;
}

void fieldpath_compile_lj(lua_State *L, struct field *field, struct findings *findings)
{
    const char *pointers[MOST_PATHS];
    char *error = NULL;
    size_t count;

    if (!collect_pointers_lj(L, pointers, &count)) {
        findings_add(findings, field->name, "field %s: path: expected a list of 1 to 64 JSON Pointers",
                     field->name);
        return;
    }
    field->path = paths_compile(pointers, count, &error);
    if (field->path == NULL) {
        findings_add(findings, field->name, "field %s: path: %s", field->name,
                     error != NULL ? error : TEXT_NO_MEMORY);
        free(error);
        return;
    }
    if (paths_has_star(field->path) && !field->list && !field->arg_index) {
        findings_add(
            findings, field->name,
            "field %s: path: a \"*\" can have many values; add list = true, or arg = { index = true }",
            field->name);
    }
}

void fieldpath_check_default(const struct field *field, struct findings *findings)
{
    struct paths_request request = {.type = field->type};
    const char *whole = "";
    char *error = NULL;
    struct paths *paths = paths_compile(&whole, 1, &error);
    struct pool pool = {0};
    struct value value = {.outcome = VALUE_ABSENT};

    if (paths != NULL) {
        paths_find(paths, field->fallback, strlen(field->fallback), &request, &pool, &value);
    }
    if (value.outcome != VALUE_PRESENT) {
        findings_add(findings, field->name, "field %s: default: expected %s", field->name,
                     field->type->expected);
    }
    free(error);
    pool_free(&pool);
    paths_free(paths);
}

void fieldpath_check_argument(const struct field *field, struct findings *findings)
{
    const char *unused = NULL;

    if (field->path_is_arg && field->arg_index) {
        unused = "index: the argument is the path, which is no number; take index = true away";
    } else if (field->path != NULL && field->arg_key) {
        unused = "key: nothing uses it, as the path is the same for each; for a path as argument give path = "
                 "lure.ARG";
    } else if (field->path != NULL && field->arg_index && !field->list && !paths_has_star(field->path)) {
        unused = "index: nothing uses it, as the path has no \"*\" whose element it picks";
    }
    if (unused != NULL) {
        findings_add(findings, field->name, "field %s: arg.%s", field->name, unused);
    }
}
