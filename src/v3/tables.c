#include "v3/tables.h"

#include "script/text.h"
#include "v3/handle.h"
#include "v3/statetable.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tables_open_lj(lua_State *L, struct handle *handle)
{
    (void)handle;
    tableobjects_open_lj(L);
}

/* The host's text of what just failed. */
static const char *owner_error(const struct handle *handle)
{
    const char *text = handle->get_owner_last_error(handle->owner);

    return text != NULL && text[0] != '\0' ? text : "the host says no more";
}

/* ---- the script's own tables ---- */

static void fail_own(void *owner, const char *text)
{
    struct handle *handle = owner;

    __atomic_store_n(&handle->tables.own_error, text, __ATOMIC_RELEASE);
    if (handle->state != NULL) { /* not yet in init */
        plugin_fail_plain(handle_plugin(handle), text);
    }
}

static void make_own_lj(lua_State *L, struct handle *handle, const struct manifest *manifest)
{
    if (manifest->offered.count > 0 && handle->tables.init == NULL) {
        luaL_error(L, "tables: the host gives this plugin no state tables");
    }
    if (manifest->offered.count > 0 && !own_tables_make(&handle->tables.own, &manifest->offered,
                                                        vm_of(L)->limits->memory, fail_own, handle)) {
        luaL_error(L, TEXT_NO_MEMORY);
    }
}

/* Last of all: what was offered stays with the host, whatever fails behind it. */
static void offer_own_lj(lua_State *L, struct handle *handle)
{
    const struct own_tables *own = &handle->tables.own;

    for (size_t i = 0; i < own->count; i++) {
        const ss_plugin_table_input *input = own_table_input(own->items[i]);

        if (handle->tables.init->add_table(handle->owner, input) != SS_PLUGIN_SUCCESS) {
            luaL_error(L, "tables: the host refuses \"%s\": %s", input->name, owner_error(handle));
        }
    }
}

/* ---- resolving ---- */

/* A new table at the end of the list of all, complete as far as it goes. */
static struct state_table *add_table_lj(lua_State *L, struct handle *handle, const char *name,
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

/* What the owner of a table lets us ask of its fields. */
struct field_source {
    const ss_plugin_table_fields_vtable *functions;
    ss_plugin_table_t *table;
    const ss_plugin_table_fieldinfo *infos;
    uint32_t count;
};

/* Lists the fields: a copy, for adding one may move the owner's own list. Stack: [] -> [copy] */
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
                      owner_error(table->handle));
    }
    for (uint32_t i = 0; i < count; i++) {
        size += sizeof(*copy) + strlen(infos[i].name) + 1;
    }
    copy = lua_newuserdatauv(L, size + 1, 0); /* copy */
    text = (char *)(copy + count);
    for (uint32_t i = 0; i < count; i++) {
        copy[i] = infos[i];
        copy[i].name = text;
        text = stpcpy(text, infos[i].name) + 1;
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

static const char *type_name(unsigned number)
{
    const struct state_type *type = state_type_numbered(number);

    return type != NULL ? type->name : "unknown";
}

/* A field that the script has declared: the owner's, or a new one. */
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
                      declared->name, info != NULL ? "used" : "added", owner_error(table->handle));
    }
    add_field_lj(L, table, declared->name, declared->type, field);
}

/* The other fields that there are. Those that cannot be had are left out, and so are tables, whose keys
 * nobody tells. */
static void resolve_listed_lj(lua_State *L, struct state_table *table, const struct field_source *source)
{
    for (uint32_t i = 0; i < source->count; i++) {
        const ss_plugin_table_fieldinfo *info = &source->infos[i];
        const struct state_type *type = state_type_numbered((unsigned)info->field_type);
        ss_plugin_table_field_t *field;

        if (type == NULL || type->number == STATE_TABLE || has_field(table, info->name)) {
            continue;
        }
        field = source->functions->get_table_field(source->table, info->name, info->field_type);
        if (field != NULL) {
            add_field_lj(L, table, info->name, type, field);
        }
    }
}

/* Keeps the names of the fields, as the script uses them, in a Lua table. */
static void keep_names_lj(lua_State *L, struct state_table *table)
{
    lua_createtable(L, 0, (int)table->count); /* names */
    for (size_t i = 0; i < table->count; i++) {
        lua_pushlightuserdata(L, &table->fields[i]); /* names, field */
        lua_setfield(L, -2, table->fields[i].name);  /* names */
    }
    lua_rawsetp(L, LUA_REGISTRYINDEX, table); /* */
}

/* Once all is resolved: fields do not move any more. */
static void keep_all_names_lj(lua_State *L, struct handle *handle)
{
    for (size_t i = 0; i < handle->tables.count; i++) {
        keep_names_lj(L, handle->tables.resolved[i]);
    }
}

/* What resolving the fields of one table is about. */
struct resolution {
    struct state_table *table;
    ss_plugin_table_t *from;               /* the table itself, or one of those in a field */
    const struct declared_table *declared; /* or NULL */
};

static void resolve_fields_lj(lua_State *L, const struct resolution *resolution);

static int resolve_protected_lj(lua_State *L)
{
    resolve_fields_lj(L, lua_touserdata(L, 1));
    return 0;
}

/* Resolves the tables in a field by the one in `entry`, which the caller destroys. Answers pcall's status,
 * with the error on the stack. */
static int resolve_in_entry(lua_State *L, const struct resolution *resolution,
                            const struct state_field *field, const struct declared_table *declared,
                            ss_plugin_table_entry_t *entry)
{
    const struct state_table *table = resolution->table;
    struct resolution inside = {field->nested, NULL, declared};
    ss_plugin_state_data data;

    lua_pushcfunction(L, resolve_protected_lj); /* function */
    if (state_table_reader(table)->read_entry_field(resolution->from, entry, field->field, &data) !=
        SS_PLUGIN_SUCCESS) {
        return LUA_ERRERR;
    }
    inside.from = data.table;
    lua_pushlightuserdata(L, &inside); /* function, resolution */
    return lua_pcall(L, 1, 0, 0);      /* or error */
}

/*
 * The tables in a field. Their fields can only be asked of one of them, and so of one in an entry
 * that is made for that, and destroyed.
 */
static void resolve_nested_lj(lua_State *L, const struct resolution *resolution, size_t number,
                              const struct declared_table *declared)
{
    struct state_table *table = resolution->table;
    const char *name = table->fields[number].name;
    const ss_plugin_table_writer_vtable_ext *writer = state_table_writer(table);
    struct state_table *nested = add_table_lj(L, table->handle, name, table->place);
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
        vm_fail_at_lj(L, table->place, "state table \"%s\": %s", table->name, owner_error(table->handle));
    }
    status = resolve_in_entry(L, resolution, &table->fields[number], declared, entry);
    writer->destroy_table_entry(resolution->from, entry);
    if (status == LUA_ERRERR) {
        vm_fail_at_lj(L, table->place, "state table \"%s\": field \"%s\": %s", table->name, name,
                      owner_error(table->handle));
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

static void resolve_fields_lj(lua_State *L, const struct resolution *resolution)
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

/* ---- handles ---- */

static const struct declared_table *find_offered(const struct manifest *manifest, const char *name,
                                                 size_t *number)
{
    for (size_t i = 0; i < manifest->offered.count; i++) {
        if (strcmp(manifest->offered.items[i]->name, name) == 0) {
            *number = i;
            return manifest->offered.items[i];
        }
    }
    return NULL;
}

/* What the host tells of its table `name`, or NULL. */
static const ss_plugin_table_info *find_listed(struct handle *handle, const char *name)
{
    uint32_t count = 0;
    const ss_plugin_table_info *infos = handle->tables.init->list_tables(handle->owner, &count);

    for (uint32_t i = 0; infos != NULL && i < count; i++) {
        if (strcmp(infos[i].name, name) == 0) {
            return &infos[i];
        }
    }
    return NULL;
}

/* Throws, with the names of those that there are. */
static void refuse_unlisted_lj(lua_State *L, const struct state_table *table)
{
    struct handle *handle = table->handle;
    uint32_t count = 0;
    const ss_plugin_table_info *infos = handle->tables.init->list_tables(handle->owner, &count);
    luaL_Buffer names;

    luaL_buffinit(L, &names);
    for (uint32_t i = 0; infos != NULL && i < count; i++) {
        luaL_addstring(&names, i > 0 ? ", " : "");
        luaL_addstring(&names, infos[i].name);
    }
    luaL_pushresult(&names); /* names */
    vm_fail_at_lj(L, table->place, "lure.table(\"%s\"): the host has no such state table; it has: %s",
                  table->name, lua_tostring(L, -1));
}

static void resolve_foreign_lj(lua_State *L, struct state_table *table, const struct declared_table *declared)
{
    struct handle *handle = table->handle;
    struct resolution resolution = {table, NULL, declared};
    const ss_plugin_table_info *info;

    if (handle->tables.init == NULL) {
        vm_fail_at_lj(L, table->place, "lure.table(\"%s\"): the host gives this plugin no state tables",
                      table->name);
    }
    info = find_listed(handle, table->name);
    if (info == NULL && declared->optional) {
        return; /* the script asks by `exists` */
    }
    if (info == NULL) {
        refuse_unlisted_lj(L, table);
        return;
    }
    table->key = state_type_numbered((unsigned)info->key_type);
    if (declared->key != NULL && declared->key != table->key) {
        vm_fail_at_lj(L, table->place, "lure.table(\"%s\"): its keys have the type %s, not %s", table->name,
                      table->key != NULL ? table->key->name : "unknown", declared->key->name);
    }
    if (table->key != NULL) {
        table->table = handle->tables.init->get_table(handle->owner, table->name,
                                                      (ss_plugin_state_type)table->key->number);
    }
    if (table->table == NULL) {
        vm_fail_at_lj(L, table->place, "lure.table(\"%s\"): %s", table->name, owner_error(handle));
    }
    resolution.from = table->table;
    resolve_fields_lj(L, &resolution);
}

static void resolve_own_lj(lua_State *L, struct state_table *table, const struct declared_table *offered,
                           struct own_table *from, const struct declared_table *declared)
{
    struct resolution resolution = {table, from, offered};

    table->own = true;
    table->key = offered->key;
    if (declared->key != NULL && declared->key != table->key) {
        vm_fail_at_lj(L, table->place, "lure.table(\"%s\"): its keys have the type %s, not %s", table->name,
                      table->key->name, declared->key->name);
    }
    table->table = from;
    resolve_fields_lj(L, &resolution); /* what is offered, nested tables too; then what lure.table adds */
    resolution.declared = declared;
    resolve_fields_lj(L, &resolution);
}

static void resolve_handle_lj(lua_State *L, struct handle *handle, const struct manifest *manifest,
                              struct table_handle *declared)
{
    struct state_table *table = add_table_lj(L, handle, declared->declared->name, declared->declared->place);
    size_t number = 0;
    const struct declared_table *offered = find_offered(manifest, table->name, &number);

    if (offered != NULL) {
        resolve_own_lj(L, table, offered, handle->tables.own.items[number], declared->declared);
    } else {
        resolve_foreign_lj(L, table, declared->declared);
    }
    declared->table = table;
}

void tables_resolve_lj(lua_State *L, struct handle *handle, const struct manifest *manifest)
{
    make_own_lj(L, handle, manifest);
    statetables_push_handles_lj(L); /* list */
    for (lua_Integer i = 1; i <= (lua_Integer)lua_rawlen(L, -1); i++) {
        lua_rawgeti(L, -1, i); /* list, handle */
        resolve_handle_lj(L, handle, manifest, lua_touserdata(L, -1));
        lua_pop(L, 1); /* list */
    }
    lua_pop(L, 1); /* */
    keep_all_names_lj(L, handle);
    offer_own_lj(L, handle);
}

void tables_adopt_lj(lua_State *L, struct handle *handle)
{
    lua_Integer number = 0;

    statetables_push_handles_lj(L); /* list */
    for (size_t i = 0; i < handle->tables.count; i++) {
        if (!handle->tables.resolved[i]->inner) {
            struct table_handle *declared;

            lua_rawgeti(L, -1, ++number); /* list, handle */
            declared = lua_touserdata(L, -1);
            if (declared == NULL || strcmp(declared->declared->name, handle->tables.resolved[i]->name) != 0) {
                vm_fail_lj(L, 0, "lure.table: declare the same state tables every time");
            }
            declared->table = handle->tables.resolved[i];
            lua_pop(L, 1); /* list */
        }
    }
    if ((lua_Integer)lua_rawlen(L, -1) != number) {
        vm_fail_lj(L, 0, "lure.table: declare the same state tables every time");
    }
    lua_pop(L, 1); /* */
    keep_all_names_lj(L, handle);
}

void tables_close(struct handle *handle)
{
    struct tables *tables = &handle->tables;

    for (size_t i = 0; i < tables->count; i++) {
        struct state_table *table = tables->resolved[i];

        for (size_t k = 0; k < table->count; k++) {
            free(table->fields[k].name);
        }
        free(table->fields);
        free(table->name);
        free(table);
    }
    free(tables->resolved);
    own_tables_drop(&tables->own);
}
