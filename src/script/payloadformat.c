#include "script/payloadformat.h"

#include "base/text.h"
#include "event/value.h"
#include "script/copies.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_COLUMNS 4096
#define MOST_INSIDE  64

/* Bytes that a pointer takes for each of its text's, at most: "/" is a part. */
#define COMPILED 16

/* State of reading one format. */
struct reading {
    lua_State *L;
    struct format *format;
    struct findings *findings;
    const char *key; /* "format" or "inside", to find its line */
    char label[128]; /* how messages call it */
};

static struct format *new_format_lj(lua_State *L)
{
    struct format *format;

    copies_charge_lj(L, sizeof(*format));
    format = calloc(1, sizeof(*format));
    if (format == NULL) {
        vm_no_memory_lj(L);
    }
    format->separator = ',';
    return format;
}

/* "json", "logfmt" or "csv" */
static void list_names(char *text, size_t size)
{
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; format_names[i] != NULL && used < size; i++) {
        const char *before = i == 0 ? "" : format_names[i + 1] != NULL ? ", " : " or ";

        used += (size_t)snprintf(text + used, size - used, "%s\"%s\"", before, format_names[i]);
    }
}

/* Adds what is wrong with the name at the top. Stack: [name] unchanged */
static void refuse_name(const struct reading *reading)
{
    const char *name = value_name(reading->L, -1);
    const char *nearest = name != NULL ? text_nearest(name, format_names) : NULL;
    char got[96], names[256];

    value_describe(reading->L, -1, got, sizeof(got));
    list_names(names, sizeof(names));
    findings_add(reading->findings, reading->key, "%s: expected %s, got %s%s%s%s", reading->label, names, got,
                 nearest != NULL ? "; did you mean \"" : "", nearest != NULL ? nearest : "",
                 nearest != NULL ? "\"?" : "");
}

/* Behind the names of columns. */
static void make_keys_lj(const struct reading *reading)
{
    struct format_columns *columns = &reading->format->columns;

    copies_charge_lj(reading->L, format_keys_size(columns));
    if (!format_make_keys(columns)) {
        vm_no_memory_lj(reading->L);
    }
}

/* ---- csv ---- */

/* Adds the name at the top, or "" for what is no name. False: it is neither. Stack: [name] unchanged */
static bool add_column_lj(const struct reading *reading)
{
    struct format_columns *columns = &reading->format->columns;
    const bool is_unnamed = lua_isboolean(reading->L, -1) && !lua_toboolean(reading->L, -1);
    const char *name = is_unnamed ? "" : value_name(reading->L, -1);

    if (name == NULL) {
        return false;
    }
    copies_charge_lj(reading->L, strlen(name) + 1 + sizeof(char *));
    columns->names[columns->count] = text_copy(name);
    if (columns->names[columns->count] == NULL) {
        vm_no_memory_lj(reading->L);
    }
    columns->count++;
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Adds a finding where two columns have one name: the second could never be found by it. */
static void check_columns_lj(const struct reading *reading)
{
    const struct format_columns *columns = &reading->format->columns;
    char **sorted;

    if (columns->count == 0) {
        return;
    }
    copies_charge_lj(reading->L, columns->count * sizeof(*sorted));
    sorted = calloc(columns->count, sizeof(*sorted));
    if (sorted == NULL) {
        vm_no_memory_lj(reading->L);
    }
    memcpy(sorted, columns->names, columns->count * sizeof(*sorted));
    qsort(sorted, columns->count, sizeof(*sorted), compare_names);
    for (size_t i = 1; i < columns->count; i++) {
        if (sorted[i][0] != '\0' && strcmp(sorted[i - 1], sorted[i]) == 0) {
            findings_add(reading->findings, "columns",
                         "%s: columns: \"%.80s\" is there twice; give false for a column that needs no name",
                         reading->label, sorted[i]);
            break;
        }
    }
    free(sorted);
}

/* Reads `columns`. Stack: [options] -> [options] */
static void read_columns_lj(const struct reading *reading)
{
    lua_State *L = reading->L;
    struct format_columns *columns = &reading->format->columns;
    lua_Integer count;
    bool good;

    lua_pushliteral(L, "columns");       /* options, key */
    if (lua_rawget(L, -2) == LUA_TNIL) { /* options, columns */
        lua_pop(L, 1);                   /* options */
        return;
    }
    count = lua_istable(L, -1) ? (lua_Integer)lua_rawlen(L, -1) : 0;
    good = count > 0 && count <= MOST_COLUMNS;
    columns->names = good ? calloc((size_t)count, sizeof(*columns->names)) : NULL;
    if (good && columns->names == NULL) {
        vm_no_memory_lj(L);
    }
    for (lua_Integer i = 1; good && i <= count; i++) {
        lua_rawgeti(L, -1, i); /* options, columns, name */
        good = add_column_lj(reading);
        lua_pop(L, 1); /* options, columns */
    }
    lua_pop(L, 1); /* options */
    if (!good) {
        findings_add(reading->findings, "columns",
                     "%s: columns: expected a list of 1 to 4096 names, false for a column without one",
                     reading->label);
        return;
    }
    check_columns_lj(reading);
    make_keys_lj(reading);
}

/* Reads `separator`. Stack: [options] -> [options] */
static void read_separator_lj(const struct reading *reading)
{
    lua_State *L = reading->L;
    char got[96];

    lua_pushliteral(L, "separator"); /* options, key */
    if (lua_rawget(L, -2) == LUA_TSTRING && lua_rawlen(L, -1) == 1 &&
        strchr("\"\r\n", lua_tostring(L, -1)[0]) == NULL) { /* options, separator */
        reading->format->separator = lua_tostring(L, -1)[0];
    } else if (!lua_isnil(L, -1)) {
        value_describe(L, -1, got, sizeof(got));
        findings_add(reading->findings, "separator",
                     "%s: separator: expected one byte that is neither a quote nor ends a line, got %s",
                     reading->label, got);
    }
    lua_pop(L, 1); /* options */
}

/* Reads `header`. Stack: [options] -> [options] */
static void read_header_lj(const struct reading *reading)
{
    lua_State *L = reading->L;
    char got[96];

    lua_pushliteral(L, "header");                                 /* options, key */
    if (lua_rawget(L, -2) != LUA_TNIL && !lua_isboolean(L, -1)) { /* options, header */
        value_describe(L, -1, got, sizeof(got));
        findings_add(reading->findings, "header", "%s: header: expected true or false, got %s",
                     reading->label, got);
    }
    reading->format->header = lua_toboolean(L, -1);
    lua_pop(L, 1); /* options */
    if (reading->format->header && reading->format->columns.count > 0) {
        findings_add(reading->findings, "header", "%s: has both columns and header; give one of them",
                     reading->label);
    }
}

/* All but the first ones. Stack: [options] -> [options, copy] */
static void copy_options_lj(lua_State *L, lua_Integer first)
{
    lua_newtable(L);               /* options, copy */
    lua_pushnil(L);                /* options, copy, key */
    while (lua_next(L, -3) != 0) { /* options, copy, key, value */
        if (lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 && lua_tointeger(L, -2) <= first) {
            lua_pop(L, 1); /* options, copy, key */
            continue;
        }
        lua_pushvalue(L, -2); /* options, copy, key, value, key */
        lua_rotate(L, -2, 1); /* options, copy, key, key, value */
        lua_rawset(L, -4);    /* options, copy, key */
    }
}

/* ---- regular expressions ---- */

/* Bytes that a compiled pattern takes for each of its text's, about. */
#define PATTERN_COST 64

/* Makes columns of the groups: their names are those of the numbers. */
static void name_groups_lj(const struct reading *reading, const struct regex *regex)
{
    struct format_columns *columns = &reading->format->columns;

    columns->names = calloc((size_t)regex->groups + 1, sizeof(*columns->names));
    for (; columns->names != NULL && columns->count <= regex->groups; columns->count++) {
        const char *name = "";

        for (uint32_t i = 0; i < regex->name_count; i++) {
            uint32_t group;
            const char *other = regex_name(regex, i, &group);

            name = group == columns->count ? other : name;
        }
        columns->names[columns->count] = text_copy(name);
        if (columns->names[columns->count] == NULL) {
            break;
        }
    }
}

/* Reads the pattern, which stands behind the name. Stack: [options] unchanged */
static void read_pattern_lj(const struct reading *reading)
{
    lua_State *L = reading->L;
    struct format *format = reading->format;
    struct regex regex;
    struct regex_problem problem;
    bool good;

    lua_rawgeti(L, -1, 2); /* options, pattern */
    if (value_name(L, -1) == NULL) {
        findings_add(reading->findings, reading->key, "%s: expected { \"%s\", PATTERN }", reading->label,
                     format->kind->name);
        lua_pop(L, 1); /* options */
        return;
    }
    copies_charge_lj(L, PATTERN_COST * lua_rawlen(L, -1));
    format->pattern = text_copy(lua_tostring(L, -1));
    if (format->pattern == NULL) {
        vm_no_memory_lj(L);
    }
    lua_pop(L, 1); /* options */
    good = regex_compile(&regex, format->pattern, strlen(format->pattern), 0, NULL, &problem);
    if (good) {
        name_groups_lj(reading, &regex);
        good = format->columns.count == (size_t)regex.groups + 1;
        problem.memory = !good;
        regex_close(&regex);
    }
    if (!good && problem.memory) {
        vm_no_memory_lj(L);
    }
    if (good) {
        make_keys_lj(reading);
    } else {
        findings_add(reading->findings, reading->key, "%s: byte %zu of the pattern: %s", reading->label,
                     problem.offset + 1, problem.text);
        free(format->pattern);
        format->pattern = NULL;
    }
}

/* Reads the options at the top. Stack: [options] unchanged */
static void read_options_lj(const struct reading *reading)
{
    static const char *const none[] = {NULL}, *const all[] = {"columns", "header", "separator", NULL};
    const bool has_columns = reading->format->kind->has_columns;

    copy_options_lj(reading->L, reading->format->kind->has_pattern ? 2 : 1); /* options, copy */
    findings_check_names_lj(reading->findings, reading->L, -1, reading->label, has_columns ? all : none);
    lua_pop(reading->L, 1); /* options */
    if (has_columns) {
        read_columns_lj(reading);
        read_separator_lj(reading);
        read_header_lj(reading);
    }
    if (reading->format->kind->has_pattern) {
        read_pattern_lj(reading);
    }
}

/* ---- formats ---- */

/* Reads a name, or { name, options }, at the top. Stack: [format] unchanged */
static void read_format_lj(const struct reading *reading)
{
    lua_State *L = reading->L;
    const bool has_options = lua_istable(L, -1);
    const char *name;

    if (has_options) {
        lua_rawgeti(L, -1, 1); /* format, name */
    } else {
        lua_pushvalue(L, -1); /* format, name */
    }
    name = value_name(L, -1);
    reading->format->kind = name != NULL ? format_kind_named(name) : NULL;
    if (reading->format->kind == NULL) {
        refuse_name(reading);
        reading->format->kind = &format_kinds[0];
        lua_pop(L, 1); /* format */
        return;
    }
    lua_pop(L, 1); /* format */
    if (has_options) {
        read_options_lj(reading);
    } else if (reading->format->kind->has_pattern) {
        findings_add(reading->findings, reading->key, "%s: expected { \"%s\", PATTERN }", reading->label,
                     name);
    }
}

/* The key of `inside` at `index` as a pointer: a name, or a pointer already. NULL: it is neither; else it is
 * at the top. Stack: [] -> [pointer] */
static const char *push_pointer_lj(lua_State *L, int index)
{
    const char *name = value_name(L, index);

    if (name == NULL || name[0] == '/') {
        lua_pushvalue(L, index); /* pointer */
        return name;
    }
    luaL_gsub(L, name, "~", "~0");                  /* name */
    luaL_gsub(L, lua_tostring(L, -1), "/", "~1");   /* name, name */
    lua_pushfstring(L, "/%s", lua_tostring(L, -1)); /* name, name, pointer */
    lua_replace(L, -3);                             /* pointer, name */
    lua_pop(L, 1);                                  /* pointer */
    return lua_tostring(L, -1);
}

/* Adds a part to the format. Stack: [..., key, part] unchanged */
static void add_inside_lj(lua_State *L, struct format *outer, struct findings *findings)
{
    struct format_inside *inside = &outer->inside[outer->inside_count];
    struct reading reading = {.L = L, .findings = findings, .key = "inside"};
    const char *pointer = push_pointer_lj(L, lua_absindex(L, -2)); /* key, part, pointer */
    char got[96], *error = NULL;

    if (pointer == NULL) {
        value_describe(L, -1, got, sizeof(got));
        findings_add(findings, "inside", "inside: expected names or JSON Pointers as keys, got %s", got);
        lua_pop(L, 1); /* key, part */
        return;
    }
    snprintf(reading.label, sizeof(reading.label), "inside: %.100s", pointer);
    copies_charge_lj(L, COMPILED * strlen(pointer));
    inside->format = reading.format = new_format_lj(L);
    reading.format->kind = &format_kinds[0];
    outer->inside_count++;
    inside->path = paths_compile(&pointer, 1, &error);
    if (inside->path == NULL && error == NULL) {
        vm_no_memory_lj(L);
    }
    if (inside->path == NULL || paths_has_star(inside->path)) {
        findings_add(findings, "inside", "%s: %s", reading.label,
                     error != NULL ? error : "it cannot have a \"*\"");
        free(error);
        lua_pop(L, 1); /* key, part */
        return;
    }
    lua_pop(L, 1); /* key, part */
    read_format_lj(&reading);
}

/* 0: its path was refused. */
static size_t depth_of(const struct format_inside *inside)
{
    return inside->path != NULL ? inside->path->pointers[0].count : 0;
}

/* Outer parts first: the order of a table's keys is none. */
static int compare_depths(const void *a, const void *b)
{
    const struct format_inside *x = a, *y = b;
    const size_t i = depth_of(x), j = depth_of(y);

    return (i > j) - (i < j);
}

/* Stack: [inside] unchanged */
static void read_inside_lj(lua_State *L, struct format *format, struct findings *findings)
{
    copies_charge_lj(L, MOST_INSIDE * sizeof(*format->inside));
    format->inside = calloc(MOST_INSIDE, sizeof(*format->inside));
    if (format->inside == NULL) {
        vm_no_memory_lj(L);
    }
    lua_pushnil(L);                /* inside, key */
    while (lua_next(L, -2) != 0) { /* inside, key, part */
        if (format->inside_count == MOST_INSIDE) {
            findings_add(findings, "inside", "inside: expected at most %d parts", MOST_INSIDE);
            lua_pop(L, 2); /* inside */
            break;
        }
        add_inside_lj(L, format, findings);
        lua_pop(L, 1); /* inside, key */
    }
    qsort(format->inside, format->inside_count, sizeof(*format->inside), compare_depths);
}

void payloadformat_read_lj(lua_State *L, int index, const bool has[KEY_COUNT], struct format **format,
                           struct findings *findings)
{
    struct reading reading = {.L = L, .findings = findings, .key = "format", .label = "format"};

    if (!has[KEY_FORMAT] && !has[KEY_INSIDE]) {
        return;
    }
    index = lua_absindex(L, index);
    *format = reading.format = new_format_lj(L);
    reading.format->kind = &format_kinds[0];
    if (has[KEY_FORMAT]) {
        lua_pushstring(L, script_keys[KEY_FORMAT].name); /* name */
        lua_rawget(L, index);                            /* format */
        read_format_lj(&reading);
        lua_pop(L, 1); /* */
    }
    if (has[KEY_INSIDE]) {
        lua_pushstring(L, script_keys[KEY_INSIDE].name); /* name */
        lua_rawget(L, index);                            /* inside */
        read_inside_lj(L, reading.format, findings);
        lua_pop(L, 1); /* */
    }
}
