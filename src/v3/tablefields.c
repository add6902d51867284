#include "v3/tablefields.h"

#include "base/text.h"
#include "lua/budget.h"
#include "v3/resolvedtable.h"
#include "v3/statehandle.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

/* Units of the time budget that comparing a name takes. */
#define UNITS_OF_NAME 8

const char *tablefields_owner_error(const struct handle *handle)
{
    const char *text =
        handle->get_owner_last_error != NULL ? handle->get_owner_last_error(handle->owner) : NULL;

    return text != NULL && text[0] != '\0' ? text : "the host says no more";
}

struct state_table *tablefields_add_table_lj(lua_State *L, struct handle *handle, const char *name,
                                             const char *place)
{
    struct tables *tables = &handle->tables;
    struct state_table **list = realloc(tables->resolved, (tables->count + 1) * sizeof(struct state_table *));
    struct state_table *table = calloc(1, sizeof(*table));

    if (list != NULL) {
        tables->resolved = list;
    }
    if (table == NULL || list == NULL) {
        free(table);
        luaL_error(L, TEXT_NO_MEMORY);
        return NULL;
    }
    list[tables->count++] = table;
    table->handle = handle;
    table->place = place;
    table->name = text_copy(name);
    if (table->name == NULL) {
        luaL_error(L, TEXT_NO_MEMORY);
    }
    return table;
}

static struct state_field *add_field_lj(lua_State *L, struct state_table *table, const char *name,
                                        const struct state_type *type, ss_plugin_table_field_t *handle)
{
    struct state_field *fields = realloc(table->fields, (table->count + 1) * sizeof(*fields));
    char *copy = fields != NULL ? text_copy(name) : NULL;

    if (fields != NULL) {
        table->fields = fields;
    }
    if (copy == NULL) {
        luaL_error(L, TEXT_NO_MEMORY);
        return NULL;
    }
    fields[table->count] = (struct state_field){copy, type, handle, NULL};
    return &fields[table->count++];
}

static bool has_field(const struct state_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++) {
        if (strcmp(table->fields[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* The functions that the owner of a table offers for its fields. */
struct field_source {
    const ss_plugin_table_fields_vtable *functions;
    ss_plugin_table_t *table;
    const ss_plugin_table_fieldinfo *infos;
    uint32_t count;
};

static const char *name_of(const ss_plugin_table_fieldinfo *info)
{
    return info->name != NULL ? info->name : "";
}

/* Copies the list of fields, since adding one may move the owner's list. Stack: [] -> [copy] */
static void list_fields_lj(lua_State *L, const struct state_table *table, struct field_source *source)
{
    const ss_plugin_table_fieldinfo *infos;
    ss_plugin_table_fieldinfo *copy;
    uint32_t count = 0;
    size_t size = 0;
    char *text;

    infos = source->functions->list_table_fields(source->table, &count);
    if (infos == NULL && count > 0) {
        vm_fail_at_lj(L, table->place, "state table \"%s\": its fields cannot be listed: %s", table->name,
                      tablefields_owner_error(table->handle));
    }
    for (uint32_t i = 0; i < count; i++) {
        size += sizeof(*copy) + strlen(name_of(&infos[i])) + 1;
    }
    copy = lua_newuserdatauv(L, size + 1, 0); /* copy */
    text = (char *)(copy + count);
    for (uint32_t i = 0; i < count; i++) {
        copy[i] = infos[i];
        copy[i].name = text;
        text = stpcpy(text, name_of(&infos[i])) + 1;
    }
    source->infos = copy;
    source->count = count;
}

static const ss_plugin_table_fieldinfo *find_info(const struct field_source *source, const char *name)
{
    for (uint32_t i = 0; i < source->count; i++) {
        if (strcmp(source->infos[i].name, name) == 0) {
            return &source->infos[i];
        }
    }
    return NULL;
}

/* Charges a search for a name here, among the fields that there are already, and in the owner. */
static void charge_searches_lj(lua_State *L, const struct state_table *table,
                               const struct field_source *source)
{
    budget_charge_lj(L, UNITS_OF_NAME * (2 * (size_t)source->count + table->count + 1));
}

static const char *type_name(unsigned number)
{
    const struct state_type *type = state_type_numbered(number);

    return type != NULL ? type->name : "unknown";
}

/* Resolves a declared field: finds the owner's, or adds one. */
static void resolve_declared_lj(lua_State *L, struct state_table *table, const struct field_source *source,
                                const struct declared_field *declared)
{
    const ss_plugin_table_fieldinfo *info = find_info(source, declared->name);
    ss_plugin_state_type type = (ss_plugin_state_type)declared->type->number;
    ss_plugin_table_field_t *field;

    if (info != NULL) {
        field = source->functions->get_table_field(source->table, declared->name, type);
    } else {
        field = source->functions->add_table_field(source->table, declared->name, type);
    }
    if (field == NULL) {
        vm_fail_at_lj(L, table->place, "state table \"%s\": the field \"%s\" cannot be %s: %s", table->name,
                      declared->name, info != NULL ? "used" : "added",
                      tablefields_owner_error(table->handle));
    }
    add_field_lj(L, table, declared->name, declared->type, field);
}

/* Resolves the fields that are not declared. Those that cannot be accessed are left out, and so are tables,
 * whose key types nobody tells. */
static void resolve_listed_lj(lua_State *L, struct state_table *table, const struct field_source *source)
{
    for (uint32_t i = 0; i < source->count; i++) {
        const ss_plugin_table_fieldinfo *info = &source->infos[i];
        const struct state_type *type = state_type_numbered((unsigned)info->field_type);
        ss_plugin_table_field_t *field;

        charge_searches_lj(L, table, source);
        if (type == NULL || type->number == STATE_TABLE || has_field(table, info->name)) {
            continue;
        }
        field = source->functions->get_table_field(source->table, info->name, info->field_type);
        if (field != NULL) {
            add_field_lj(L, table, info->name, type, field);
        }
    }
}

void tablefields_keep_names_lj(lua_State *L, struct state_table *table)
{
    lua_createtable(L, 0, (int)table->count); /* names */
    for (size_t i = 0; i < table->count; i++) {
        lua_pushlightuserdata(L, &table->fields[i]); /* names, field */
        lua_setfield(L, -2, table->fields[i].name);  /* names */
    }
    lua_rawsetp(L, LUA_REGISTRYINDEX, table); /* */
}

static int resolve_protected_lj(lua_State *L)
{
    tablefields_resolve_lj(L, lua_touserdata(L, 1));
    return 0;
}

#define NOT_READ (-1) /* no status of Lua's */

/* Resolves the tables in a field with the one in `entry`, which the caller destroys. Returns pcall's status,
 * with an error on the stack; or NOT_READ, without one: the table's owner knows why. */
static int resolve_in_entry(lua_State *L, const struct resolution *resolution,
                            const struct state_field *field, const struct declared_table *declared,
                            ss_plugin_table_entry_t *entry)
{
    const struct state_table *table = resolution->table;
    struct resolution inside = {field->nested, NULL, declared};
    ss_plugin_state_data data;

    if (state_table_reader(table)->read_entry_field(resolution->from, entry, field->field, &data) !=
        SS_PLUGIN_SUCCESS) {
        return NOT_READ;
    }
    inside.from = data.table;
    lua_pushcfunction(L, resolve_protected_lj); /* function */
    lua_pushlightuserdata(L, &inside);          /* function, resolution */
    return lua_pcall(L, 1, 0, 0);               /* or error */
}

/* Resolves the tables in a field. Their fields can be asked only of one of them, so a temporary entry is
 * created for that. */
static void resolve_nested_lj(lua_State *L, const struct resolution *resolution, size_t number,
                              const struct declared_table *declared)
{
    struct state_table *table = resolution->table;
    const char *name = table->fields[number].name;
    const ss_plugin_table_writer_vtable_ext *writer = state_table_writer(table);
    struct state_table *nested = tablefields_add_table_lj(L, table->handle, name, table->place);
    ss_plugin_table_entry_t *entry;
    int status;

    table->fields[number].nested = nested;
    nested->own = table->own;
    nested->inner = true;
    nested->key =
        declared != NULL && declared->key != NULL ? declared->key : state_type_numbered(STATE_INT64);
    if (writer == NULL || state_table_reader(table) == NULL) {
        vm_fail_at_lj(L, table->place, "state table \"%s\": the host gives no access to entries in init",
                      table->name);
    }
    luaL_checkstack(L, 4, NULL);
    entry = writer->create_table_entry(resolution->from);
    if (entry == NULL) {
        vm_fail_at_lj(L, table->place, "state table \"%s\": %s", table->name,
                      tablefields_owner_error(table->handle));
    }
    status = resolve_in_entry(L, resolution, &table->fields[number], declared, entry);
    writer->destroy_table_entry(resolution->from, entry);
    if (status == NOT_READ) {
        vm_fail_at_lj(L, table->place, "state table \"%s\": field \"%s\": %s", table->name, name,
                      tablefields_owner_error(table->handle));
    } else if (status != LUA_OK) {
        lua_error(L);
    }
}

static void resolve_all_declared_lj(lua_State *L, const struct resolution *resolution,
                                    const struct field_source *source)
{
    const struct declared_table *declared = resolution->declared;

    for (size_t i = 0; declared != NULL && i < declared->count; i++) {
        const struct declared_field *field = &declared->fields[i];
        const ss_plugin_table_fieldinfo *info = find_info(source, field->name);

        charge_searches_lj(L, resolution->table, source);
        if (info != NULL && (unsigned)info->field_type != (unsigned)field->type->number) {
            vm_fail_at_lj(L, resolution->table->place,
                          "state table \"%s\": the field \"%s\" has the type %s, not %s",
                          resolution->table->name, field->name, type_name((unsigned)info->field_type),
                          field->type->name);
        }
        if (has_field(resolution->table, field->name) || (declared->optional && info == NULL)) {
            continue;
        }
        resolve_declared_lj(L, resolution->table, source, field);
        if (field->type->number == STATE_TABLE) {
            resolve_nested_lj(L, resolution, resolution->table->count - 1, field->subtable);
        }
    }
}

void tablefields_resolve_lj(lua_State *L, const struct resolution *resolution)
{
    struct state_table *table = resolution->table;
    struct field_source source = {
        .functions = table->own ? &own_plain_fields : &table->handle->tables.init->fields,
        .table = resolution->from,
    };

    list_fields_lj(L, table, &source); /* copy */
    resolve_all_declared_lj(L, resolution, &source);
    resolve_listed_lj(L, table, &source);
    lua_pop(L, 1); /* */
}
