#include "script/statetables.h"

#include "base/text.h"
#include "event/value.h"
#include "lua/budget.h"
#include "lua/metatable.h"
#include "modules/lure.h"
#include "script/copies.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

static const char handles_key = 'h'; /* its address is a key in the registry */

#define MOST_TABLES 256 /* that a script may use */

/* Units of the time budget that a field takes: it is copied, and sorted. */
#define UNITS_OF_FIELD 1000

#define TYPES "int8, int16, int32, int64, uint8, uint16, uint32, uint64, string, bool"

/* How a declaration is read: errors are thrown, or, if there are findings, added to them. */
struct reading {
    struct findings *findings; /* of the key `tables`; NULL: lure.table, which throws */
    const char *what;          /* "lure.table(\"threads\")" */
};

static void report_lj(lua_State *L, const struct reading *reading, const char *word, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void report_lj(lua_State *L, const struct reading *reading, const char *word, const char *format, ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (reading->findings == NULL) {
        luaL_error(L, "%s: %s", reading->what, text);
    }
    findings_add(reading->findings, word, "%s: %s", reading->what, text);
}

/* A new table at the end of the list, which owns it from then on. */
static struct declared_table *add_table_lj(lua_State *L, struct declared_tables *tables, const char *name)
{
    struct declared_table *table, **items;

    copies_charge_lj(L, sizeof(*table) + strlen(name));
    table = calloc(1, sizeof(*table));
    items = realloc(tables->items, (tables->count + 1) * sizeof(struct declared_table *));

    if (items != NULL) {
        tables->items = items;
    }
    if (table != NULL && items != NULL) {
        table->name = text_copy(name);
        items[tables->count++] = table;
    } else {
        free(table);
        table = NULL;
    }
    if (table == NULL || table->name == NULL) {
        vm_no_memory_lj(L);
    }
    return table;
}

/* A new field, behind the others. */
static struct declared_field *add_field_lj(lua_State *L, struct declared_table *table, const char *name,
                                           const struct state_type *type)
{
    struct declared_field *fields;
    char *copy;

    budget_charge_lj(L, UNITS_OF_FIELD);
    copies_charge_lj(L, sizeof(*fields) + strlen(name));
    fields = realloc(table->fields, (table->count + 1) * sizeof(*fields));
    copy = fields != NULL ? text_copy(name) : NULL;
    if (fields != NULL) {
        table->fields = fields;
    }
    if (copy == NULL) {
        vm_no_memory_lj(L);
        return NULL;
    }
    fields[table->count] = (struct declared_field){copy, type, NULL};
    return &fields[table->count++];
}

/* The type that the value at `index` names; NULL: none. */
static const struct state_type *read_type(lua_State *L, int index)
{
    const char *name = value_name(L, index);

    return name != NULL ? state_type_named(name) : NULL;
}

/* What an option is, metamethods aside. Stack: [] -> [value] */
static int push_option_lj(lua_State *L, int index, const char *name)
{
    index = lua_absindex(L, index);
    lua_pushstring(L, name); /* name */
    return lua_rawget(L, index);
}

static void read_options_lj(lua_State *L, int index, struct declared_table *table, bool own, bool nested,
                            const struct reading *reading);

/* Reads a field of type table. `options` is at the top. Stack: [..., options] unchanged */
static void read_subtable_lj(lua_State *L, struct declared_field *field, bool own,
                             const struct reading *reading)
{
    struct declared_table *subtable;
    char what[192];
    struct reading inside = {reading->findings, what};

    copies_charge_lj(L, sizeof(*subtable) + strlen(field->name));
    subtable = calloc(1, sizeof(*subtable));
    field->subtable = subtable;
    if (subtable == NULL || (subtable->name = text_copy(field->name)) == NULL) {
        vm_no_memory_lj(L);
    }
    snprintf(what, sizeof(what), "%.120s.%.60s", reading->what, field->name);
    read_options_lj(L, lua_gettop(L), subtable, own, true, &inside);
}

/* Reads { type = TYPE, new = BOOLEAN }, for a field that the table's owner may not have. `new` is only for
 * tools that look at scripts; hosts are not told. NULL: there are errors. Stack: unchanged */
static const struct state_type *read_new_field_lj(lua_State *L, const char *name,
                                                  const struct reading *reading)
{
    const struct state_type *type = NULL;
    bool is_right = true;

    lua_pushnil(L);                /* name */
    while (lua_next(L, -2) != 0) { /* name, value */
        const char *key = value_name(L, -2);

        if (key != NULL && strcmp(key, "type") == 0) {
            type = read_type(L, -1);
        }
        is_right = is_right && key != NULL &&
                   (strcmp(key, "type") == 0 || (strcmp(key, "new") == 0 && lua_isboolean(L, -1)));
        lua_pop(L, 1); /* name */
    }
    if (is_right && type != NULL && type->number != STATE_TABLE) {
        return type;
    }
    report_lj(L, reading, name, "%s: expected { type = TYPE, new = true }, TYPE one of " TYPES, name);
    return NULL;
}

/* True if the value at the top is { type = … }. Stack: unchanged */
static bool has_type_lj(lua_State *L)
{
    bool has;

    if (!lua_istable(L, -1)) {
        return false;
    }
    has = push_option_lj(L, -1, "type") != LUA_TNIL; /* type */
    lua_pop(L, 1);                                   /* */
    return has;
}

/* Reads one of `fields`: its name at -2, its type at -1. Stack: unchanged */
static void read_table_field_lj(lua_State *L, struct declared_table *table, bool own, bool nested,
                                const struct reading *reading)
{
    const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;
    const struct state_type *type = NULL;
    struct declared_field *field;
    char got[96];

    if (name == NULL || !utf8_is_name(name, lua_rawlen(L, -2))) {
        value_describe(L, -2, got, sizeof(got));
        report_lj(L, reading, NULL, "fields: expected { NAME = TYPE, … }, got the key %s", got);
        return;
    }
    if (!own && has_type_lj(L)) {
        type = read_new_field_lj(L, name, reading);
        if (type != NULL) {
            add_field_lj(L, table, name, type);
        }
        return;
    }
    type = lua_istable(L, -1) ? state_type_numbered(STATE_TABLE) : read_type(L, -1);
    if (type == NULL || (type->number == STATE_TABLE && (nested || (own && !lua_istable(L, -1))))) {
        value_describe(L, -1, got, sizeof(got));
        report_lj(L, reading, name, "%s: expected a type (" TYPES "%s), got %s", name,
                  nested ? ""
                  : own  ? ", or { key = TYPE, fields = { … } }"
                         : ", table, or { key = TYPE, fields = { … } }",
                  got);
        return;
    }
    field = add_field_lj(L, table, name, type);
    if (lua_istable(L, -1)) {
        read_subtable_lj(L, field, own, reading);
    }
}

static int compare_fields(const void *a, const void *b)
{
    return strcmp(((const struct declared_field *)a)->name, ((const struct declared_field *)b)->name);
}

/* In the order of names. Stack: unchanged */
static void read_fields_lj(lua_State *L, int index, struct declared_table *table, bool own, bool nested,
                           const struct reading *reading)
{
    char got[96];

    if (push_option_lj(L, index, "fields") == LUA_TTABLE) { /* fields */
        lua_pushnil(L);                                     /* fields, name */
        while (lua_next(L, -2) != 0) {                      /* fields, name, type */
            read_table_field_lj(L, table, own, nested, reading);
            lua_pop(L, 1); /* fields, name */
        }
        if (table->count > 0) {
            qsort(table->fields, table->count, sizeof(*table->fields), compare_fields);
        }
    } else if (own || !lua_isnil(L, -1)) {
        value_describe(L, -1, got, sizeof(got));
        report_lj(L, reading, "fields", "fields: expected { NAME = TYPE, … }, got %s", got);
    }
    lua_pop(L, 1); /* */
}

/* True if the string at the top is one of these keys. */
static bool is_option(lua_State *L, bool may_be_optional)
{
    const char *name = value_name(L, -1);

    return name != NULL && (strcmp(name, "key") == 0 || strcmp(name, "fields") == 0 ||
                            (may_be_optional && strcmp(name, "optional") == 0));
}

/* Reads { key = TYPE, fields = { NAME = TYPE, … } } at `index`. Stack: unchanged */
static void read_options_lj(lua_State *L, int index, struct declared_table *table, bool own, bool nested,
                            const struct reading *reading)
{
    static const char *const names[] = {"key", "fields", "optional", NULL};
    bool may_be_optional = !own && !nested;
    const char *nearest;
    char got[96];

    luaL_checkstack(L, 12, NULL);
    lua_pushnil(L);                   /* name */
    while (lua_next(L, index) != 0) { /* name, value */
        lua_pop(L, 1);                /* name */
        if (!is_option(L, may_be_optional)) {
            value_describe(L, -1, got, sizeof(got));
            nearest = value_name(L, -1) != NULL ? text_nearest(lua_tostring(L, -1), names) : NULL;
            report_lj(L, reading, value_name(L, -1), "expected %s, got the key %s%s%s%s",
                      may_be_optional ? "key, fields and optional" : "key and fields", got,
                      nearest != NULL ? "; did you mean \"" : "", nearest != NULL ? nearest : "",
                      nearest != NULL ? "\"?" : "");
        }
    }
    push_option_lj(L, index, "key"); /* key */
    table->key = read_type(L, -1);
    if ((table->key == NULL && (own || !lua_isnil(L, -1))) ||
        (table->key != NULL && table->key->number == STATE_TABLE)) {
        value_describe(L, -1, got, sizeof(got));
        report_lj(L, reading, "key", "key: expected a type (" TYPES "), got %s", got);
        table->key = NULL;
    }
    lua_pop(L, 1);                        /* */
    push_option_lj(L, index, "optional"); /* optional */
    table->optional = may_be_optional && lua_toboolean(L, -1);
    lua_pop(L, 1); /* */
    read_fields_lj(L, index, table, own, nested, reading);
}

/* lure.table(name [, { key = TYPE, fields = { NAME = TYPE, … }, optional = true }]) */
static int declare_lj(lua_State *L)
{
    struct vm *vm = vm_of(L);
    size_t length;
    const char *name = luaL_checklstring(L, 1, &length);
    struct table_handle *handle;
    struct declared_table *table;
    struct reading reading = {NULL, NULL};

    luaL_argcheck(L, utf8_is_name(name, length), 1, "expected the name of a state table");
    if (!lua_isnoneornil(L, 2)) {
        luaL_checktype(L, 2, LUA_TTABLE);
    }
    lua_settop(L, 2); /* name, options */
    if (!vm->declaring) {
        return luaL_error(
            L,
            "lure.table(\"%s\"): to be called at the script's top level, because hosts give access to "
            "tables only before init",
            name);
    }
    if (vm->tables.count >= MOST_TABLES) {
        return luaL_error(L, "lure.table(\"%s\"): a script may use %d state tables", name, MOST_TABLES);
    }
    reading.what = lua_pushfstring(L, "lure.table(\"%s\")", name); /* name, options, what */
    handle = lua_newuserdatauv(L, sizeof(*handle), 0);             /* name, options, what, handle */
    *handle = (struct table_handle){NULL, NULL};
    luaL_setmetatable(L, TABLE_HANDLE);
    table = add_table_lj(L, &vm->tables, name);
    handle->declared = table;
    luaL_where(L, 1); /* ..., handle, place */
    table->place = text_copy(lua_tostring(L, -1));
    lua_pop(L, 1); /* ..., handle */
    if (!lua_isnil(L, 2)) {
        read_options_lj(L, 2, table, false, false, &reading);
    }
    statetables_push_handles_lj(L);                         /* name, options, what, handle, list */
    lua_pushvalue(L, -2);                                   /* ..., list, handle */
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1); /* name, options, what, handle, list */
    lua_pop(L, 1);                                          /* name, options, what, handle */
    return 1;
}

static int exists_not_lj(lua_State *L)
{
    lua_pushboolean(L, 0); /* ..., false */
    return 1;
}

/* The error of a table that cannot be used: before `init`, while a script is only read, or under the plugin
 * API 0.3.0, where a table that is optional can be asked whether it exists. */
static int handle_index_lj(lua_State *L)
{
    const struct table_handle *handle = luaL_checkudata(L, 1, TABLE_HANDLE);

    if (handle->declared->optional && !vm_of(L)->declaring && lua_type(L, 2) == LUA_TSTRING &&
        strcmp(lua_tostring(L, 2), "exists") == 0) {
        lua_pushcfunction(L, exists_not_lj); /* handle, name, function */
        return 1;
    }
    return luaL_error(
        L, "state table \"%s\": it can be used from init on, in the callbacks that hosts give tables to",
        handle->declared->name);
}

/* Of handles where nobody serves tables. */
static void fill_metatable_lj(lua_State *L)
{
    lua_pushcfunction(L, handle_index_lj); /* metatable, function */
    lua_setfield(L, -2, "__index");        /* metatable */
    lua_pushboolean(L, 0);                 /* metatable, false */
    lua_setfield(L, -2, "__metatable");    /* metatable */
}

void statetables_open_lj(lua_State *L)
{
    lua_newtable(L);                                       /* list */
    lua_rawsetp(L, LUA_REGISTRYINDEX, &handles_key);       /* */
    metatable_push_lj(L, TABLE_HANDLE, fill_metatable_lj); /* metatable, or that of who serves tables */
    lua_pop(L, 1);                                         /* */
    lua_pushcfunction(L, declare_lj);                      /* function */
    lure_provide_lj(L, "table");                           /* */
}

void statetables_push_handles_lj(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &handles_key); /* list */
}

void statetables_read_own_lj(lua_State *L, int index, struct declared_tables *tables,
                             struct findings *findings)
{
    char what[160], got[96];
    struct reading reading = {findings, what};

    index = lua_absindex(L, index);
    lua_pushliteral(L, "tables");  /* key */
    lua_rawget(L, index);          /* tables */
    lua_pushnil(L);                /* tables, name */
    while (lua_next(L, -2) != 0) { /* tables, name, options */
        const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;
        bool named = name != NULL && utf8_is_name(name, lua_rawlen(L, -2));

        if (!named || !lua_istable(L, -1)) {
            value_describe(L, named ? -1 : -2, got, sizeof(got));
            findings_add(findings, "tables",
                         "tables: expected { NAME = { key = TYPE, fields = { … } } }, got %s", got);
        } else {
            snprintf(what, sizeof(what), "tables.%.140s", name);
            read_options_lj(L, lua_gettop(L), add_table_lj(L, tables, name), true, false, &reading);
        }
        lua_pop(L, 1); /* tables, name */
    }
    lua_pop(L, 1); /* */
}
