#include "testhost/lua_table.h"

#include <string.h>

bool table_is_there(const struct table_object *object)
{
    const struct foreign *foreign = object->root != NULL ? object->root->foreign : NULL;

    return object->table != NULL && (foreign == NULL || foreign->owner != NULL);
}

struct table_object *table_check_lj(lua_State *L, int index)
{
    struct table_object *object = luaL_checkudata(L, index, TABLE_TYPE);

    violations_raise_lj(L, object->inspector);
    if (!table_is_there(object))
        luaL_argerror(L, index, "the plugin that offered this table is destroyed");
    return object;
}

void table_release(const struct table_object *object, ss_plugin_table_entry_t *entry)
{
    if (!object->legacy && entry != NULL)
        table_reader.release_table_entry(object->table, entry);
}

int table_fail_lj(lua_State *L, struct table_object *object)
{
    const char *text;

    violations_raise_lj(L, object->inspector);
    if (accessor_of(object->table) == NULL) /* a plugin's own subtable: libsinsp takes over no text */
        text = state_last_error(object->root->foreign->owner);
    else
        text = plugin_owner_last_error(&object->inspector->errors);
    lua_pushnil(L);                              /* nil */
    lua_pushstring(L, text != NULL ? text : ""); /* nil, text */
    return 2;
}

ss_plugin_state_data key_check_lj(lua_State *L, int index, const struct table_object *object)
{
    return value_check_lj(L, index, ((const ss_plugin_table_input *)object->table)->key_type, "the key");
}

bool field_find_lj(lua_State *L, struct table_object *object, const char *name, struct named_field *field)
{
    uint32_t count = 0;
    const ss_plugin_table_fieldinfo *list = table_fields.list_table_fields(object->table, &count);

    if (list == NULL && count > 0) {
        table_fail_lj(L, object);
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(list[i].name, name) != 0)
            continue;
        field->type = list[i].field_type;
        field->field = table_fields.get_table_field(object->table, name, field->type);
        if (field->field == NULL)
            table_fail_lj(L, object);
        return field->field != NULL;
    }
    lua_pushnil(L);                                     /* nil */
    lua_pushfstring(L, "there is no field '%s'", name); /* nil, text */
    return false;
}
