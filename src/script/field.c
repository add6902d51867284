#include "script/field.h"

#include "base/text.h"
#include "event/typereaders.h"
#include "event/value.h"
#include "json/cjson_integers.h"
#include "modules/lure.h"
#include "script/copies.h"
#include "script/fieldpath.h"
#include "script/keys.h"

#include <ctype.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The keys of a field's table: identifier, name, kinds. `path` may also be lure.ARG, and `default` what
 * lure.path returns. */
#define FIELD_KEYS(X)                                                                                        \
    X(NAME, "name", KEY_IS_STRING)                                                                           \
    X(TYPE, "type", KEY_IS_STRING)                                                                           \
    X(DESC, "desc", KEY_IS_STRING)                                                                           \
    X(DISPLAY, "display", KEY_IS_STRING)                                                                     \
    X(LIST, "list", KEY_IS_BOOLEAN)                                                                          \
    X(ARG, "arg", KEY_IS_TABLE)                                                                              \
    X(PROPERTIES, "properties", KEY_IS_TABLE)                                                                \
    X(ADD_OUTPUT, "add_output", KEY_IS_BOOLEAN)                                                              \
    X(EXTRACT, "extract", KEY_IS_FUNCTION)                                                                   \
    X(PATH, "path", KEY_IS_STRING | KEY_IS_TABLE)                                                            \
    X(TIME, "time", KEY_IS_STRING)                                                                           \
    X(DEFAULT, "default", KEY_IS_STRING | KEY_IS_NUMBER | KEY_IS_BOOLEAN)                                    \
    X(NULLS, "null", KEY_IS_STRING | KEY_IS_NUMBER | KEY_IS_BOOLEAN)                                         \
    X(JOIN, "join", KEY_IS_STRING)                                                                           \
    X(WHERE, "where", KEY_IS_TABLE)                                                                          \
    X(KEYS, "keys", KEY_IS_BOOLEAN)                                                                          \
    X(ALL, "all", KEY_IS_BOOLEAN)

enum field_key {
#define FIELD_KEY_NUMBER(identifier, name, kinds) FIELD_##identifier,
    FIELD_KEYS(FIELD_KEY_NUMBER)
#undef FIELD_KEY_NUMBER
        FIELD_KEY_COUNT
};

static const char *const field_key_names[] = {
#define FIELD_KEY_NAME(identifier, name, kinds) name,
    FIELD_KEYS(FIELD_KEY_NAME)
#undef FIELD_KEY_NAME
        NULL,
};

static const unsigned field_key_kinds[] = {
#define FIELD_KEY_KINDS(identifier, name, kinds) kinds,
    FIELD_KEYS(FIELD_KEY_KINDS)
#undef FIELD_KEY_KINDS
};

/* State of reading one field. The field's table is at `index`. */
struct reading {
    lua_State *L;
    int index;
    enum abi api;
    bool for_all;
    struct field *field;
    struct findings *findings;
};

/* Pushes the value of a key; nil, and a finding, if it has a wrong type. Stack: [] -> [value] */
static int push_key_lj(const struct reading *reading, enum field_key key)
{
    lua_State *L = reading->L;
    const char *name = field_key_names[key];
    const char *owner = reading->field->name != NULL ? reading->field->name : "";
    char got[96];

    lua_pushstring(L, name);       /* name */
    lua_rawget(L, reading->index); /* value */
    if (lua_type(L, -1) == LUA_TSTRING && value_name(L, -1) == NULL && key != FIELD_DEFAULT &&
        key != FIELD_NULLS) {
        findings_add(reading->findings, owner, "field %s: %s: contains a NUL character", owner, name);
        lua_pop(L, 1);
        lua_pushnil(L); /* nil */
        return LUA_TNIL;
    }
    if (lua_isnil(L, -1) || key_accepts(field_key_kinds[key], lua_type(L, -1), lua_isinteger(L, -1)) ||
        (key == FIELD_PATH && lure_is_arg(L, -1)) || (key == FIELD_DEFAULT && lure_is_path(L, -1))) {
        return lua_type(L, -1);
    }
    value_describe(L, -1, got, sizeof(got));
    findings_add(reading->findings, owner, "field %s: %s: expected %s, got %s", owner, name,
                 key == FIELD_PATH ? "a JSON Pointer, a list of them, or lure.ARG"
                                   : key_expected(field_key_kinds[key]),
                 got);
    lua_pop(L, 1);
    lua_pushnil(L); /* nil */
    return LUA_TNIL;
}

/* A copy of a string key, or NULL where it is missing or empty. */
static char *read_text_lj(const struct reading *reading, enum field_key key)
{
    lua_State *L = reading->L;
    char *copy = NULL;

    if (push_key_lj(reading, key) == LUA_TSTRING && lua_tostring(L, -1)[0] != '\0') {
        copies_charge_lj(L, lua_rawlen(L, -1) + 1);
        copy = text_copy(lua_tostring(L, -1));
        if (copy == NULL) {
            vm_no_memory_lj(L);
        }
    }
    lua_pop(L, 1);
    return copy;
}

static bool read_flag_lj(const struct reading *reading, enum field_key key)
{
    bool set;

    push_key_lj(reading, key);
    set = lua_toboolean(reading->L, -1);
    lua_pop(reading->L, 1);
    return set;
}

/* The syntax of libsinsp's filters: words of letters, digits and "_", which begin with a letter, separated by
 * ".". */
static bool is_field_name(const char *name)
{
    unsigned words = 0;

    for (;;) {
        if (!isalpha((unsigned char)*name)) {
            return false;
        }
        while (isalnum((unsigned char)*name) || *name == '_') {
            name++;
        }
        words++;
        if (*name == '\0') {
            return words > 1;
        }
        if (*name++ != '.') {
            return false;
        }
    }
}

static void read_type_lj(const struct reading *reading)
{
    struct field *field = reading->field;
    char *name = read_text_lj(reading, FIELD_TYPE);

    field->type = name != NULL ? field_type_named(name) : NULL;
    if (name == NULL) {
        findings_add(reading->findings, field->name, "field %s: no type; add type = \"string\" or another",
                     field->name);
    } else if (field->type == NULL) {
        const char *names[16] = {NULL};
        const char *nearest;

        for (size_t i = 0; field_types[i].name != NULL; i++) {
            names[i] = field_types[i].name;
        }
        nearest = text_nearest(name, names);
        findings_add(reading->findings, field->name, "field %s: unknown type \"%s\"; %s%s%s", field->name,
                     name,
                     nearest != NULL ? "did you mean \""
                                     : "there are string, uint64, bool, reltime, abstime, ipaddr "
                                       "and ipnet",
                     nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
    }
    free(name);
}

/* Reads `time`, how the field's times are written. */
static void read_time_lj(const struct reading *reading)
{
    struct field *field = reading->field;
    const char *problem;

    field->time = read_text_lj(reading, FIELD_TIME);
    if (field->time == NULL || field->type == NULL) {
        return;
    }
    if (field->type->time == TIME_NONE) {
        findings_add(reading->findings, field->name,
                     "field %s: time belongs to the types abstime and reltime", field->name);
        return;
    }
    field->timed = *field->type;
    if (!typereader_set_time(&field->timed, field->time, &problem)) {
        findings_add(reading->findings, field->name, "field %s: time: %s, got \"%s\"", field->name, problem,
                     field->time);
        return;
    }
    field->type = &field->timed;
}

/* One flag of `arg`. Stack: [arg] -> [arg] */
static bool read_argument_flag_lj(const struct reading *reading, const char *name)
{
    lua_State *L = reading->L;
    char got[96];
    bool set;

    lua_pushstring(L, name); /* arg, name */
    lua_rawget(L, -2);       /* arg, value */
    if (!lua_isnil(L, -1) && !lua_isboolean(L, -1)) {
        value_describe(L, -1, got, sizeof(got));
        findings_add(reading->findings, reading->field->name,
                     "field %s: arg.%s: expected true or false, got %s", reading->field->name, name, got);
    }
    set = lua_toboolean(L, -1);
    lua_pop(L, 1); /* arg */
    return set;
}

static void read_argument_lj(const struct reading *reading)
{
    static const char *const names[] = {"required", "index", "key", NULL};
    struct field *field = reading->field;
    char table[256];

    if (push_key_lj(reading, FIELD_ARG) == LUA_TTABLE) { /* arg */
        snprintf(table, sizeof(table), "arg of %s", field->label);
        findings_check_names_lj(reading->findings, reading->L, -1, table, names);
        field->has_arg = true;
        field->arg_required = read_argument_flag_lj(reading, "required");
        field->arg_index = read_argument_flag_lj(reading, "index");
        field->arg_key = read_argument_flag_lj(reading, "key");
        if (!field->arg_index && !field->arg_key) {
            findings_add(reading->findings, field->name,
                         "field %s: arg: say what it takes: index = true, key = true, or both", field->name);
        }
    }
    lua_pop(reading->L, 1); /* */
}

static void read_properties_lj(const struct reading *reading)
{
    struct field *field = reading->field;
    const cJSON *item;
    char what[256];

    snprintf(what, sizeof(what), "%s: properties", field->label);
    if (push_key_lj(reading, FIELD_PROPERTIES) == LUA_TTABLE) { /* properties */
        field->properties = copies_json_lj(reading->L, -1, what);
        if (cJSON_IsObject(field->properties) && field->properties->child == NULL) {
            cJSON_Delete(field->properties); /* an empty table counts as an object there */
            field->properties = NULL;
        }
        cJSON_ArrayForEach(item, field->properties)
        {
            if (!cJSON_IsArray(field->properties) || !cJSON_IsString(item)) {
                findings_add(reading->findings, field->name,
                             "field %s: properties: expected a list of strings, such "
                             "as { \"hidden\" }",
                             field->name);
                break;
            }
        }
    }
    lua_pop(reading->L, 1); /* */
}

/* Keeps the value at the top as JSON text, which is checked. Stack: [value] unchanged */
static void keep_constant_lj(const struct reading *reading, enum field_key key, char **text)
{
    char what[256];
    cJSON *tree;

    snprintf(what, sizeof(what), "%s: %s", reading->field->label, field_key_names[key]);
    tree = copies_json_lj(reading->L, -1, what);
    *text = cjson_text(tree);
    cJSON_Delete(tree);
    if (*text == NULL) {
        vm_no_memory_lj(reading->L);
    }
    if (reading->field->type != NULL && !reading->field->has_extract) { /* a function gets any value */
        fieldpath_check_constant(reading->field, field_key_names[key], *text, reading->findings);
    }
}

/* Reads `default`: a constant, or a path and perhaps a constant behind it. */
static void read_default_lj(const struct reading *reading)
{
    lua_State *L = reading->L;

    if (push_key_lj(reading, FIELD_DEFAULT) == LUA_TTABLE) { /* path */
        lure_push_path_lj(L, -1);                            /* path, pointer, constant */
        lua_remove(L, -3);                                   /* pointer, constant */
        lua_insert(L, -2);                                   /* constant, pointer */
        fieldpath_read_default_lj(L, reading->field);
        lua_pop(L, 1); /* constant */
    }
    if (!lua_isnil(L, -1)) {
        keep_constant_lj(reading, FIELD_DEFAULT, &reading->field->fallback);
    }
    lua_pop(L, 1); /* */
}

static void read_null_lj(const struct reading *reading)
{
    if (push_key_lj(reading, FIELD_NULLS) != LUA_TNIL) { /* value */
        keep_constant_lj(reading, FIELD_NULLS, &reading->field->null);
    }
    lua_pop(reading->L, 1); /* */
}

/* Reads `join`, which may be empty. */
static void read_join_lj(const struct reading *reading)
{
    if (push_key_lj(reading, FIELD_JOIN) == LUA_TSTRING) { /* separator */
        copies_charge_lj(reading->L, lua_rawlen(reading->L, -1) + 1);
        reading->field->join = text_copy(lua_tostring(reading->L, -1));
        if (reading->field->join == NULL) {
            vm_no_memory_lj(reading->L);
        }
    }
    lua_pop(reading->L, 1); /* */
}

/* Reads what is said of paths. */
static void read_paths_lj(const struct reading *reading)
{
    struct field *field = reading->field;

    if (push_key_lj(reading, FIELD_PATH) != LUA_TNIL) { /* path */
        fieldpath_read_lj(reading->L, field, reading->findings);
    }
    lua_pop(reading->L, 1);                              /* */
    if (push_key_lj(reading, FIELD_WHERE) != LUA_TNIL) { /* conditions */
        fieldpath_read_where_lj(reading->L, field, reading->findings);
    }
    lua_pop(reading->L, 1); /* */
    read_default_lj(reading);
    read_null_lj(reading);
    read_join_lj(reading);
    field->keys = read_flag_lj(reading, FIELD_KEYS);
    field->all = read_flag_lj(reading, FIELD_ALL);
    fieldpath_build(field, reading->findings);
}

/* Checks which keys a field must have, and which exclude each other. `wrong`: one of them was refused, so
 * what is missing may be that one. */
static void check_field(const struct reading *reading, bool wrong)
{
    struct field *field = reading->field;
    struct findings *findings = reading->findings;
    bool path = field_has_path(field);

    if (!wrong && !field->has_extract && !path && !reading->for_all) {
        findings_add(findings, field->name,
                     "field %s: has neither extract nor path, and the script no extract for all",
                     field->name);
    }
    if (!wrong) {
        fieldpath_check(field, findings);
    }
    if (!wrong && field->desc == NULL) {
        findings_add(findings, field->name, "field %s: no desc; hosts refuse a field without one",
                     field->name);
    }
    if (field->list && reading->api == ABI_0) {
        findings_add(findings, field->name, "field %s: list: the plugin API 0.3.0 has no lists", field->name);
    }
}

/* Reads the name, which all other messages contain. False: there is no usable one. */
static bool read_name_lj(const struct reading *reading, size_t number)
{
    struct field *field = reading->field;

    field->name = read_text_lj(reading, FIELD_NAME);
    if (field->name == NULL) {
        findings_add(reading->findings, "fields", "field %zu has no name; add name = \"plugin.field\"",
                     number);
        return false;
    }
    field->label = text_format("field %s", field->name);
    if (field->label == NULL) {
        vm_no_memory_lj(reading->L);
    }
    if (!is_field_name(field->name)) {
        findings_add(
            reading->findings, field->name,
            "field \"%s\": expected a name as in \"dummy.value\": words of letters, digits and \"_\" with "
            "\".\" between them",
            field->name);
    }
    return true;
}

void field_read_lj(lua_State *L, int index, enum abi api, bool for_all, size_t number, struct field *field,
                   struct findings *findings)
{
    const struct reading reading = {L, lua_absindex(L, index), api, for_all, field, findings};
    size_t before = findings->count;

    if (!read_name_lj(&reading, number)) {
        return;
    }
    findings_check_names_lj(findings, L, reading.index, field->label, field_key_names);
    read_type_lj(&reading);
    read_time_lj(&reading);
    field->desc = read_text_lj(&reading, FIELD_DESC);
    field->display = read_text_lj(&reading, FIELD_DISPLAY);
    field->list = read_flag_lj(&reading, FIELD_LIST);
    field->add_output = read_flag_lj(&reading, FIELD_ADD_OUTPUT);
    read_argument_lj(&reading);
    read_properties_lj(&reading);
    field->has_extract = push_key_lj(&reading, FIELD_EXTRACT) == LUA_TFUNCTION;
    lua_pop(L, 1);
    read_paths_lj(&reading);
    check_field(&reading, findings->count > before);
}

void field_clear(struct field *field)
{
    free(field->name);
    free(field->label);
    free(field->time);
    free(field->desc);
    free(field->display);
    cJSON_Delete(field->properties);
    paths_free(field->path);
    path_recipe_clear(&field->recipe);
    cJSON_free(field->fallback);
    cJSON_free(field->null);
    free(field->join);
}
