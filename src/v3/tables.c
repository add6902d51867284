#include "v3/tables.h"

#include "base/text.h"
#include "v3/resolvedtable.h"
#include "v3/statehandle.h"
#include "v3/tablefields.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tables_open_lj(lua_State *L, struct handle *handle)
{
    (void)handle;
    tableobjects_open_lj(L);
}

/* ---- the script's own tables ---- */

static void keep_own_error(void *owner, const char *text)
{
    struct handle *handle = owner;

    __atomic_store_n(&handle->tables.own_error, text, __ATOMIC_RELEASE);
    if (!handle->in_init) {
        plugin_fail_plain(handle_plugin(handle), text);
    }
}

/* A host that has NULL in place of a function does not give what it is for. */
static bool can_offer(const ss_plugin_init_tables_input *init)
{
    return init != NULL && init->add_table != NULL;
}

static bool can_look_up(const ss_plugin_init_tables_input *init)
{
    return init != NULL && init->list_tables != NULL && init->get_table != NULL &&
           init->fields.list_table_fields != NULL && init->fields.get_table_field != NULL &&
           init->fields.add_table_field != NULL;
}

static void make_own_lj(lua_State *L, struct handle *handle, const struct manifest *manifest)
{
    if (manifest->offered.count > 0 && !can_offer(handle->tables.init)) {
        luaL_error(L, "tables: the host gives this plugin no state tables");
    }
    if (manifest->offered.count > 0 && !own_tables_make(&handle->tables.own, &manifest->offered,
                                                        vm_of(L)->blocks.budget, keep_own_error, handle)) {
        vm_no_memory_lj(L);
    }
}

/* The last step: what was offered stays with the host even if something fails afterwards. */
static void offer_own_lj(lua_State *L, struct handle *handle)
{
    const struct own_tables *own = &handle->tables.own;

    for (size_t i = 0; i < own->count; i++) {
        const ss_plugin_table_input *input = own_table_input(own->items[i]);

        if (handle->tables.init->add_table(handle->owner, input) != SS_PLUGIN_SUCCESS) {
            luaL_error(L, "tables: the host refuses \"%s\": %s", input->name,
                       tablefields_owner_error(handle));
        }
    }
}

/* ---- handles ---- */

/* Runs after all is resolved, when fields do not move any more. */
static void keep_all_names_lj(lua_State *L, struct handle *handle)
{
    for (size_t i = 0; i < handle->tables.count; i++) {
        tablefields_keep_names_lj(L, handle->tables.resolved[i]);
    }
}

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

/* The host's description of its table `name`, or NULL. */
static const ss_plugin_table_info *find_listed(struct handle *handle, const char *name)
{
    uint32_t count = 0;
    const ss_plugin_table_info *infos = handle->tables.init->list_tables(handle->owner, &count);

    for (uint32_t i = 0; infos != NULL && i < count; i++) {
        if (infos[i].name != NULL && strcmp(infos[i].name, name) == 0) {
            return &infos[i];
        }
    }
    return NULL;
}

/* Throws an error that lists the existing tables. */
static void refuse_unlisted_lj(lua_State *L, const struct state_table *table)
{
    struct handle *handle = table->handle;
    uint32_t count = 0;
    const ss_plugin_table_info *infos = handle->tables.init->list_tables(handle->owner, &count);
    luaL_Buffer names;

    luaL_buffinit(L, &names);
    for (uint32_t i = 0; infos != NULL && i < count; i++) {
        luaL_addstring(&names, i > 0 ? ", " : "");
        luaL_addstring(&names, infos[i].name != NULL ? infos[i].name : "?");
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

    if (!can_look_up(handle->tables.init)) {
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
        vm_fail_at_lj(L, table->place, "lure.table(\"%s\"): %s", table->name,
                      tablefields_owner_error(handle));
    }
    resolution.from = table->table;
    tablefields_resolve_lj(L, &resolution);
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
    tablefields_resolve_lj(L,
                           &resolution); /* what is offered, nested tables too; then what lure.table adds */
    resolution.declared = declared;
    tablefields_resolve_lj(L, &resolution);
}

static void resolve_handle_lj(lua_State *L, struct handle *handle, const struct manifest *manifest,
                              struct table_handle *declared)
{
    struct state_table *table =
        tablefields_add_table_lj(L, handle, declared->declared->name, declared->declared->place);
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
