#include "testhost/lua_table.h"
#include "base/text.h"

#include "testhost/driver.h"
#include "testhost/entryhandle.h"
#include "testhost/inspector.h"

#include <string.h>

enum { TABLE_PARENT = 1 }; /* uservalue of a table */

struct table_object *table_new_lj(lua_State *L, struct inspector *inspector)
{
    struct table_object *object = lua_newuserdatauv(L, sizeof *object, 1); /* table */

    memset(object, 0, sizeof *object);
    luaL_setmetatable(L, TABLE_TYPE);
    object->inspector = inspector_ref(inspector);
    return object;
}

static int gc_lj(lua_State *L)
{
    struct table_object *object = luaL_checkudata(L, 1, TABLE_TYPE);

    if (object->parent != NULL && table_is_there(object->parent))
        table_release(object->parent, object->parent_entry);
    inspector_unref(object->inspector);
    memset(object, 0, sizeof *object);
    return 0;
}

/* ---- the table ---- */

static int name_lj(lua_State *L)
{
    struct table_object *object = table_check_lj(L, 1);

    lua_pushstring(L, table_reader.get_table_name(object->table)); /* name */
    return 1;
}

static int size_lj(lua_State *L)
{
    struct table_object *object = table_check_lj(L, 1);
    uint64_t size = table_reader.get_table_size(object->table);

    if (size == UINT64_MAX)
        return table_fail_lj(L, object);
    push_uint64_lj(L, size); /* size */
    return 1;
}

static int fields_lj(lua_State *L)
{
    struct table_object *object = table_check_lj(L, 1);
    uint32_t count = 0;
    const ss_plugin_table_fieldinfo *list = table_fields.list_table_fields(object->table, &count);

    if (list == NULL)
        return table_fail_lj(L, object);
    lua_createtable(L, 0, (int)count); /* fields */
    for (uint32_t i = 0; i < count; i++) {
        lua_createtable(L, 0, 2); /* fields, field */
        lua_pushstring(L, state_type_name(list[i].field_type));
        lua_setfield(L, -2, "type");
        lua_pushboolean(L, list[i].read_only != 0);
        lua_setfield(L, -2, "read_only");
        lua_setfield(L, -2, list[i].name); /* fields */
    }
    return 1;
}

static int add_field_lj(lua_State *L)
{
    struct table_object *object = table_check_lj(L, 1);
    const char *name = luaL_checkstring(L, 2);
    ss_plugin_state_type type = state_type_of(luaL_checkstring(L, 3));

    luaL_argcheck(L, type != 0, 3, "this is no type of a field of a table");
    if (table_fields.add_table_field(object->table, name, type) == NULL)
        return table_fail_lj(L, object);
    violations_raise_lj(L, object->inspector);
    lua_pushboolean(L, true); /* true */
    return 1;
}

static int finish_lj(lua_State *L, struct table_object *object, bool fine)
{
    if (!fine)
        return table_fail_lj(L, object);
    violations_raise_lj(L, object->inspector);
    lua_pushboolean(L, true); /* true */
    return 1;
}

static int clear_lj(lua_State *L)
{
    struct table_object *object = table_check_lj(L, 1);

    return finish_lj(L, object, table_writer.clear_table(object->table) == SS_PLUGIN_SUCCESS);
}

static int erase_lj(lua_State *L)
{
    struct table_object *object = table_check_lj(L, 1);
    ss_plugin_state_data key = key_check_lj(L, 2, object);

    return finish_lj(L, object, table_writer.erase_table_entry(object->table, &key) == SS_PLUGIN_SUCCESS);
}

static int references_lj(lua_State *L)
{
    struct table_object *object = table_check_lj(L, 1);
    struct inspector *inspector = object->inspector;
    const struct accessor *accessor = accessor_of(object->table);
    size_t count;

    if (accessor == NULL || accessor->own == NULL)
        return luaL_error(L, "only the host's own tables count references");
    pthread_mutex_lock(&inspector->lock);
    count = accessor->parent == NULL ? handles_of_kind(inspector, accessor->own->kind)
                                     : handles_of_table(inspector, accessor->own);
    pthread_mutex_unlock(&inspector->lock);
    lua_pushinteger(L, (lua_Integer)count); /* count */
    return 1;
}

/* ---- entries ---- */

/* Reads all but subtables. Stack: [] -> [values], or [nil, text]; returns how many */
static int push_entry_lj(lua_State *L, struct table_object *object, ss_plugin_table_entry_t *entry)
{
    uint32_t count = 0;
    const ss_plugin_table_fieldinfo *list = table_fields.list_table_fields(object->table, &count);

    lua_newtable(L); /* values */
    for (uint32_t i = 0; i < count; i++) {
        ss_plugin_state_data value;
        ss_plugin_table_field_t *field;
        if (list[i].field_type == SS_PLUGIN_ST_TABLE)
            continue;
        field = table_fields.get_table_field(object->table, list[i].name, list[i].field_type);
        if (field == NULL ||
            table_reader.read_entry_field(object->table, entry, field, &value) != SS_PLUGIN_SUCCESS)
            return table_fail_lj(L, object);
        push_state_value_lj(L, list[i].field_type, &value); /* values, value */
        lua_setfield(L, -2, list[i].name);                  /* values */
    }
    return 1;
}

static int get_lj(lua_State *L)
{
    struct table_object *object = table_check_lj(L, 1);
    ss_plugin_state_data key = key_check_lj(L, 2, object);
    ss_plugin_table_entry_t *entry = table_reader.get_table_entry(object->table, &key);
    int results;

    if (entry == NULL)
        return table_fail_lj(L, object);
    results = push_entry_lj(L, object, entry);
    table_release(object, entry);
    violations_raise_lj(L, object->inspector);
    return results;
}

static int read_lj(lua_State *L)
{
    struct table_object *object = table_check_lj(L, 1);
    ss_plugin_state_data key = key_check_lj(L, 2, object), value;
    ss_plugin_table_entry_t *entry;
    struct named_field field;
    int results = 1;

    if (!field_find_lj(L, object, luaL_checkstring(L, 3), &field))
        return 2;
    entry = table_reader.get_table_entry(object->table, &key);
    if (entry == NULL)
        return table_fail_lj(L, object);
    if (table_reader.read_entry_field(object->table, entry, field.field, &value) == SS_PLUGIN_SUCCESS)
        push_state_value_lj(L, field.type, &value); /* value */
    else
        results = table_fail_lj(L, object);
    table_release(object, entry);
    violations_raise_lj(L, object->inspector);
    return results;
}

static int write_lj(lua_State *L)
{
    struct table_object *object = table_check_lj(L, 1);
    ss_plugin_state_data key = key_check_lj(L, 2, object), value;
    const char *name = luaL_checkstring(L, 3);
    ss_plugin_table_entry_t *entry;
    struct named_field field;
    int results;

    if (!field_find_lj(L, object, name, &field))
        return 2;
    value = value_check_lj(L, 4, field.type, name);
    entry = table_reader.get_table_entry(object->table, &key);
    if (entry == NULL)
        return table_fail_lj(L, object);
    results = finish_lj(L, object,
                        table_writer.write_entry_field(object->table, entry, field.field, &value) ==
                            SS_PLUGIN_SUCCESS);
    table_release(object, entry);
    violations_raise_lj(L, object->inspector);
    return results;
}

/* Checks the values at `values` before anything is made of them. False: [nil, text] are pushed. */
static bool check_values_lj(lua_State *L, struct table_object *object, int values)
{
    luaL_checktype(L, values, LUA_TTABLE);
    lua_pushnil(L); /* name */
    while (lua_next(L, values)) {
        struct named_field field;
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_error(L, "expected the names of fields with values");
        if (!field_find_lj(L, object, lua_tostring(L, -2), &field)) /* name, value */
            return false;
        value_check_lj(L, -1, field.type, lua_tostring(L, -2));
        lua_pop(L, 1); /* name */
    }
    return true;
}

/* False: [nil, text] are pushed. */
static bool write_values_lj(lua_State *L, struct table_object *object, int values,
                            ss_plugin_table_entry_t *entry)
{
    lua_pushnil(L); /* name */
    while (lua_next(L, values)) {
        struct named_field field;
        ss_plugin_state_data value;
        if (!field_find_lj(L, object, lua_tostring(L, -2), &field)) /* name, value */
            return false;
        value = value_check_lj(L, -1, field.type, "");
        if (table_writer.write_entry_field(object->table, entry, field.field, &value) != SS_PLUGIN_SUCCESS) {
            table_fail_lj(L, object);
            return false;
        }
        lua_pop(L, 1); /* name */
    }
    return true;
}

static int add_lj(lua_State *L)
{
    struct table_object *object = table_check_lj(L, 1);
    ss_plugin_state_data key = key_check_lj(L, 2, object);
    ss_plugin_table_entry_t *entry, *added;

    lua_settop(L, 3);
    if (!lua_isnil(L, 3) && !check_values_lj(L, object, 3))
        return 2;
    entry = table_writer.create_table_entry(object->table);
    if (entry == NULL)
        return table_fail_lj(L, object);
    if (!lua_isnil(L, 3) && !write_values_lj(L, object, 3, entry)) {
        table_writer.destroy_table_entry(object->table, entry);
        return 2;
    }
    added = table_writer.add_table_entry(object->table, &key, entry);
    if (added == NULL)
        return table_fail_lj(L, object);
    table_release(object, added);
    return finish_lj(L, object, true);
}

static int subtable_lj(lua_State *L)
{
    struct table_object *object = table_check_lj(L, 1), *subtable;
    ss_plugin_state_data key = key_check_lj(L, 2, object), value;
    const char *name = luaL_checkstring(L, 3);
    struct named_field field;

    if (!field_find_lj(L, object, name, &field))
        return 2;
    if (field.type != SS_PLUGIN_ST_TABLE)
        return luaL_error(L, "%s is no subtable", name);
    subtable = table_new_lj(L, object->inspector); /* …, subtable */
    subtable->root = object->root;
    subtable->legacy = object->legacy;
    subtable->parent_entry = table_reader.get_table_entry(object->table, &key);
    if (subtable->parent_entry == NULL)
        return table_fail_lj(L, object);
    subtable->parent = object;
    lua_pushvalue(L, 1); /* …, subtable, table */
    lua_setiuservalue(L, -2, TABLE_PARENT);
    if (table_reader.read_entry_field(object->table, subtable->parent_entry, field.field, &value) !=
            SS_PLUGIN_SUCCESS ||
        value.table == NULL)
        return table_fail_lj(L, object);
    subtable->table = value.table;
    return 1;
}

/* Makes the subtable of an entry that of another one. Stack: [table, key, field, other key] -> [true], or
 * [nil, text] */
static int share_lj(lua_State *L)
{
    struct table_object *object = table_check_lj(L, 1);
    const int64_t key = key_check_lj(L, 2, object).s64, other_key = key_check_lj(L, 4, object).s64;
    const char *name = luaL_checkstring(L, 3);
    const struct accessor *accessor = accessor_of(object->table);
    const struct table_field *field;
    struct entry *entry, *other;
    bool done;

    if (accessor == NULL || accessor->own == NULL)
        return luaL_error(L, "only entries of the host's own tables share subtables");
    pthread_mutex_lock(&object->inspector->lock);
    field = kind_find(accessor->own->kind, name);
    entry = table_find(accessor->own, key);
    other = table_find(accessor->own, other_key);
    if (field != NULL && field->type != SS_PLUGIN_ST_TABLE)
        field = NULL;
    done = field != NULL && entry != NULL && other != NULL && entry_share(entry, other, field);
    pthread_mutex_unlock(&object->inspector->lock);
    if (field == NULL)
        return luaL_error(L, "%s is no subtable", name);
    if (entry == NULL || other == NULL) {
        lua_pushnil(L);                                                                  /* …, nil */
        lua_pushfstring(L, "no entry with the key %I", entry == NULL ? key : other_key); /* …, nil, text */
        return 2;
    }
    if (!done)
        return luaL_error(L, TEXT_NO_MEMORY);
    lua_pushboolean(L, true); /* …, true */
    return 1;
}

void table_register_lj(lua_State *L)
{
    static const luaL_Reg methods[] = {{"name", name_lj},
                                       {"size", size_lj},
                                       {"fields", fields_lj},
                                       {"add_field", add_field_lj},
                                       {"clear", clear_lj},
                                       {"erase", erase_lj},
                                       {"references", references_lj},
                                       {"get", get_lj},
                                       {"read", read_lj},
                                       {"write", write_lj},
                                       {"add", add_lj},
                                       {"subtable", subtable_lj},
                                       {"share", share_lj},
                                       {"keys", table_keys_lj},
                                       {"entries", table_entries_lj},
                                       {"hold", table_hold_lj},
                                       {NULL, NULL}};

    object_register_lj(L, TABLE_TYPE, methods, gc_lj);
    collected_register_lj(L);
    held_register_lj(L);
}
