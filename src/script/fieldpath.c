#include "script/fieldpath.h"

#include "base/text.h"
#include "event/value.h"
#include "json/paths.h"
#include "modules/lure.h"
#include "script/copies.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Bytes that a pointer takes for each of its text's, at most: "/" is a part. */
#define COMPILED 16

/* How many pointers a path becomes, at most: each comma can double them. */
static size_t most_pointers(const char *path)
{
    size_t most = 1;

    for (const char *at = strchr(path, ','); at != NULL && most < PATHS_MOST; at = strchr(at + 1, ',')) {
        most *= 2;
    }
    return most;
}

/* A copy, charged for it and for what it becomes. */
static char *copy_path_lj(lua_State *L, const char *path)
{
    char *copy;

    copies_charge_lj(L, (1 + COMPILED * most_pointers(path)) * (strlen(path) + 1));
    copy = text_copy(path);
    if (copy == NULL) {
        vm_no_memory_lj(L);
    }
    return copy;
}

/* Memory for `count` items, charged. */
static void *new_list_lj(lua_State *L, size_t count, size_t size)
{
    void *list;

    copies_charge_lj(L, count * size);
    list = calloc(count, size);
    if (list == NULL) {
        vm_no_memory_lj(L);
    }
    return list;
}

/* What the value at the top, which should be a path or a list of paths, has instead. Stack: [value] unchanged
 */
static void describe_paths(lua_State *L, char *got, size_t size)
{
    const size_t count = lua_istable(L, -1) ? lua_rawlen(L, -1) : 0;

    if (!lua_istable(L, -1)) {
        value_describe(L, -1, got, size);
        return;
    }
    snprintf(got, size, "a list of %zu", count);
    for (size_t i = 1; i <= count && count <= PATHS_MOST; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i); /* value, element */
        if (value_name(L, -1) == NULL) {
            value_describe(L, -1, got, size);
            i = count;
        }
        lua_pop(L, 1); /* value */
    }
}

void fieldpath_read_lj(lua_State *L, struct field *field, struct findings *findings)
{
    struct path_recipe *recipe = &field->recipe;
    size_t count = lua_istable(L, -1) ? lua_rawlen(L, -1) : 1;
    char got[96];

    if (lure_is_arg(L, -1)) {
        recipe->is_arg = true;
        return;
    }
    if (count == 0 || count > PATHS_MOST) {
        count = 0;
    } else {
        recipe->patterns = new_list_lj(L, count, sizeof(*recipe->patterns));
    }
    for (size_t i = 0; i < count; i++) {
        const char *path;

        if (lua_istable(L, -1)) {
            lua_rawgeti(L, -1, (lua_Integer)i + 1); /* path, value */
        } else {
            lua_pushvalue(L, -1); /* path, value */
        }
        path = value_name(L, -1); /* the list keeps it alive */
        lua_pop(L, 1);            /* path */
        if (path == NULL) {
            count = 0;
            break;
        }
        recipe->patterns[recipe->count] = copy_path_lj(L, path);
        recipe->count++;
    }
    if (count == 0) {
        describe_paths(L, got, sizeof(got));
        findings_add(
            findings, field->name,
            "field %s: path: expected a JSON Pointer such as \"/user/name\", or a list of 1 to 64, got %s",
            field->name, got);
    }
}

struct paths *fieldpath_read_when_lj(lua_State *L, struct findings *findings)
{
    const char *pointers[PATHS_MOST];
    size_t count = lua_istable(L, -1) ? lua_rawlen(L, -1) : 1;
    struct paths *paths;
    char *error = NULL, got[96];

    for (size_t i = 0; i < count && count <= PATHS_MOST; i++) {
        if (lua_istable(L, -1)) {
            lua_rawgeti(L, -1, (lua_Integer)i + 1); /* when, value */
        } else {
            lua_pushvalue(L, -1); /* when, value */
        }
        pointers[i] = value_name(L, -1); /* the list keeps it alive */
        lua_pop(L, 1);                   /* when */
        if (pointers[i] == NULL) {
            count = 0;
            break;
        }
        copies_charge_lj(L, COMPILED * strlen(pointers[i]));
    }
    if (count == 0 || count > PATHS_MOST) {
        describe_paths(L, got, sizeof(got));
        findings_add(findings, "when",
                     "when: expected a JSON Pointer such as \"/auditID\", or a list of 1 to 64, got %s", got);
        return NULL;
    }
    paths = paths_compile(pointers, count, &error);
    if (paths == NULL) {
        findings_add(findings, "when", "when: %s", error != NULL ? error : TEXT_NO_MEMORY);
        free(error);
    }
    return paths;
}

void fieldpath_read_default_lj(lua_State *L, struct field *field)
{
    field->recipe.fallback = copy_path_lj(L, lua_tostring(L, -1));
}

/* Adds the text of the value at the top to the condition's. False: it is no string, number or boolean. Stack:
 * [value] unchanged */
static bool add_text_lj(lua_State *L, struct path_condition *condition)
{
    const char *text;
    lua_Integer integer;
    int is_integer;

    lua_pushvalue(L, -1); /* value, text */
    integer = lua_tointegerx(L, -1, &is_integer);
    if (lua_type(L, -1) == LUA_TNUMBER && is_integer) {
        lua_pushinteger(L, integer); /* value, text, integer: 33.0 is written 33 */
        lua_replace(L, -2);          /* value, text */
    } else if (lua_isboolean(L, -1)) {
        lua_pushstring(L, lua_toboolean(L, -1) ? "true" : "false"); /* value, text, word */
        lua_replace(L, -2);                                         /* value, text */
    }
    if (lua_type(L, -1) == LUA_TNUMBER) {
        lua_tostring(L, -1);
    }
    text = value_name(L, -1);
    if (text != NULL) {
        copies_charge_lj(L, strlen(text) + 1);
        condition->texts[condition->count] = text_copy(text);
        if (condition->texts[condition->count] == NULL) {
            vm_no_memory_lj(L);
        }
        condition->count++;
    }
    lua_pop(L, 1); /* value */
    return text != NULL;
}

/* Reads the value of a condition, at the top. False: it is none. Stack: [value] unchanged */
static bool read_condition_lj(lua_State *L, struct path_condition *condition)
{
    size_t count = lua_istable(L, -1) ? lua_rawlen(L, -1) : 1;
    bool done = count > 0;

    condition->texts = new_list_lj(L, count > 0 ? count : 1, sizeof(*condition->texts));
    if (!lua_istable(L, -1)) {
        return add_text_lj(L, condition);
    }
    for (size_t i = 0; i < count && done; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i + 1); /* value, element */
        done = add_text_lj(L, condition);
        lua_pop(L, 1); /* value */
    }
    return done;
}

void fieldpath_read_where_lj(lua_State *L, struct field *field, struct findings *findings)
{
    struct path_recipe *recipe = &field->recipe;
    char got[96];

    recipe->conditions = new_list_lj(L, PATHS_MOST_CONDITIONS, sizeof(*recipe->conditions));
    lua_pushnil(L);                /* conditions, key */
    while (lua_next(L, -2) != 0) { /* conditions, key, value */
        const char *key = value_name(L, -2);

        value_describe(L, key == NULL || key[0] == '\0' ? -2 : -1, got, sizeof(got));
        if (key == NULL || key[0] == '\0' || recipe->condition_count == PATHS_MOST_CONDITIONS) {
            findings_add(findings, field->name,
                         "field %s: where: expected up to 8 members such as kind = \"User\", got %s",
                         field->name, key == NULL || key[0] == '\0' ? got : "more");
            lua_pop(L, 2); /* conditions */
            return;
        }
        recipe->conditions[recipe->condition_count++].key = copy_path_lj(L, key);
        if (!read_condition_lj(L, &recipe->conditions[recipe->condition_count - 1])) {
            findings_add(
                findings, field->name,
                "field %s: where: %s: expected a string, a number, true, false or a list of them, got "
                "%s",
                field->name, key, got);
        }
        lua_pop(L, 1); /* conditions, key */
    }
    if (recipe->condition_count == 0) {
        findings_add(findings, field->name, "field %s: where: has no member, such as kind = \"User\"",
                     field->name);
    }
}

void fieldpath_build(struct field *field, struct findings *findings)
{
    struct path_recipe *recipe = &field->recipe;
    char *error = NULL;
    struct paths *paths;
    bool has_star;

    if (recipe->count == 0 && !recipe->is_arg) {
        return;
    }
    field->path_has_arg = path_recipe_has_arg(recipe);
    paths = path_recipe_build(recipe, "", &error);
    if (paths == NULL) {
        findings_add(findings, field->name, "field %s: path: %s", field->name,
                     error != NULL ? error : TEXT_NO_MEMORY);
        free(error);
        return;
    }
    has_star = paths_has_star(paths);
    if (field->path_has_arg) {
        paths_free(paths);
    } else {
        field->path = paths;
    }
    field->finds_many = has_star || field->keys;
    if (has_star && !field->list && !field->has_extract && field->join == NULL &&
        (!field->arg_index || field->path_has_arg)) {
        findings_add(findings, field->name,
                     "field %s: path: a \"*\" can have many values; add list = true, or %s", field->name,
                     field->path_has_arg ? "join" : "arg = { index = true }");
    }
}

void fieldpath_check_constant(const struct field *field, const char *key, const char *text,
                              struct findings *findings)
{
    struct paths_request request = {.type = field->type};
    const char *whole = "";
    char *error = NULL;
    struct paths *paths = paths_compile(&whole, 1, &error);
    struct pool pool = {0};
    struct value value = {.outcome = VALUE_ABSENT};

    if (paths != NULL) {
        paths_find(paths, text, strlen(text), &request, &pool, &value);
    }
    if (value.outcome != VALUE_PRESENT) {
        findings_add(findings, field->name, "field %s: %s: expected %s", field->name, key,
                     field->type->expected);
    }
    free(error);
    pool_free(&pool);
    paths_free(paths);
}

/* Checks that the path uses the field's argument, which would otherwise silently be ignored. */
static void check_argument(const struct field *field, struct findings *findings)
{
    const char *unused = NULL;

    if (field->recipe.is_arg && !field->arg_key) {
        findings_add(findings, field->name, "field %s: path = lure.ARG needs arg = { key = true }",
                     field->name);
        return;
    }
    if (field->path_has_arg && !field->has_arg) {
        findings_add(findings, field->name,
                     "field %s: path: {arg} is the argument; add arg = { key = true }, or { index = true }",
                     field->name);
        return;
    }
    if (field->recipe.is_arg && field->arg_index) {
        unused = "index: the argument is the path, which is no number; take index = true away";
    } else if (field->has_extract) {
        return; /* the function gets it, too */
    } else if (field->path != NULL && field->arg_key) {
        unused =
            "key: nothing uses it, as the path is the same for each; put {arg} where it belongs, or for a "
            "path as argument give path = lure.ARG";
    } else if (field->path != NULL && field->arg_index && !field->list && !field->keys &&
               !paths_has_star(field->path)) {
        unused = "index: nothing uses it, as the path has no \"*\" whose element it picks";
    }
    if (unused != NULL) {
        findings_add(findings, field->name, "field %s: arg.%s", field->name, unused);
    }
}

/* A key that belongs to a path, and whether the field has it. */
struct path_key {
    const char *name;
    bool given;
};

/* Checks keys that need something else. */
static void check_needs(const struct field *field, struct findings *findings)
{
    const bool many = field->has_extract ? field->finds_many : field->list || field->join != NULL;
    const char *problem = NULL;

    if (field->join != NULL && field->has_extract) {
        problem = "join: extract gets what the path finds, and can join it; take one of them away";
    } else if (field->join != NULL && strcmp(field->type->name, "string") != 0) {
        problem = "join: makes a text; set type = \"string\"";
    } else if (field->keys && !many && !field->arg_index) {
        problem = "keys: an object can have many members; add list = true, or arg = { index = true }";
    } else if (field->all && !many) {
        problem = field->has_extract ? "all: is about lists; the path has no \"*\""
                                     : "all: is about lists; add list = true, or join";
    } else if (field->keys && field->null != NULL) {
        problem = "null: nothing uses it, as names of members are never null";
    }
    if (problem != NULL) {
        findings_add(findings, field->name, "field %s: %s", field->name, problem);
    }
}

void fieldpath_check(const struct field *field, struct findings *findings)
{
    const struct path_key keys[] = {
        {"default", field->fallback != NULL || field->recipe.fallback != NULL},
        {"null", field->null != NULL},
        {"join", field->join != NULL},
        {"where", field->recipe.conditions != NULL},
        {"keys", field->keys},
        {"all", field->all},
    };

    check_argument(field, findings);
    if (field_has_path(field)) {
        check_needs(field, findings);
        return;
    }
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (keys[i].given) {
            findings_add(findings, field->name, "field %s: %s belongs to a path", field->name, keys[i].name);
        }
    }
}
