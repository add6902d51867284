#include "base/text.h"
#include "testhost/lua_table.h"

#include "testhost/entryhandle.h"

#include <stdlib.h>
#include <string.h>

/*
 * Iterating: what the entries hold is copied first, as no Lua error may cross a plugin's
 * frames; then it is pushed.
 */

struct collected {
    const struct table_object *object;
    struct named_field *fields;
    uint32_t field_count; /* 0: the keys of a table of the host's own */
    ss_plugin_state_data *values;
    size_t rows, room;
    bool failed;
};

static ss_plugin_state_data *row_of(struct collected *collected, size_t row)
{
    size_t width = collected->field_count > 0 ? collected->field_count : 1;

    return &collected->values[row * width];
}

static int gc_lj(lua_State *L)
{
    struct collected *collected = luaL_checkudata(L, 1, COLLECTED_TYPE);

    for (size_t row = 0; row < collected->rows; row++)
        for (uint32_t i = 0; i < collected->field_count; i++)
            if (collected->fields[i].type == SS_PLUGIN_ST_STRING)
                free((char *)row_of(collected, row)[i].str);
    free(collected->values);
    free(collected->fields);
    memset(collected, 0, sizeof *collected);
    return 0;
}

/* A row of its own for the entry. NULL: out of memory. */
static ss_plugin_state_data *row_new(struct collected *collected)
{
    size_t width = collected->field_count > 0 ? collected->field_count : 1;
    ss_plugin_state_data *row;

    if (collected->rows == collected->room) {
        size_t room = collected->room * 2 + 8;
        ss_plugin_state_data *values = realloc(collected->values, room * width * sizeof *values);
        if (values == NULL)
            return NULL;
        collected->values = values;
        collected->room = room;
    }
    row = row_of(collected, collected->rows++);
    memset(row, 0, width * sizeof *row);
    return row;
}

static bool read_row(struct collected *collected, ss_plugin_table_entry_t *entry, ss_plugin_state_data *row)
{
    for (uint32_t i = 0; i < collected->field_count; i++) {
        ss_plugin_state_data value;
        if (table_reader.read_entry_field(collected->object->table, entry, collected->fields[i].field,
                                          &value) != SS_PLUGIN_SUCCESS)
            return false;
        row[i] = value;
        if (collected->fields[i].type == SS_PLUGIN_ST_STRING)
            row[i].str = strdup(value.str != NULL ? value.str : "");
    }
    return true;
}

static ss_plugin_bool collect(ss_plugin_table_iterator_state_t *s, ss_plugin_table_entry_t *e)
{
    struct collected *collected = s;
    ss_plugin_state_data *row = row_new(collected);

    if (row != NULL && collected->field_count == 0)
        row->s64 = ((struct entry_handle *)e)->entry->key;
    collected->failed = row == NULL || !read_row(collected, e, row);
    return !collected->failed;
}

/* Stack: [] -> [collected] */
static struct collected *collected_new_lj(lua_State *L, const struct table_object *object, uint32_t fields)
{
    struct collected *collected = lua_newuserdatauv(L, sizeof *collected, 0); /* collected */

    memset(collected, 0, sizeof *collected);
    luaL_setmetatable(L, COLLECTED_TYPE);
    if (object->legacy)
        luaL_error(L, "hosts of 3.0 do not iterate over tables");
    collected->object = object;
    collected->fields = calloc(fields + (size_t)1, sizeof *collected->fields);
    if (collected->fields == NULL)
        luaL_error(L, TEXT_NO_MEMORY);
    return collected;
}

/* False: [nil, text] are pushed. */
static bool iterate_lj(lua_State *L, struct table_object *object, struct collected *collected)
{
    bool done = table_reader.iterate_entries(object->table, collect, collected) != 0;

    violations_raise_lj(L, object->inspector);
    if (!done && collected->failed) {
        table_fail_lj(L, object);
    } else if (!done) {
        lua_pushnil(L);                                                      /* nil */
        lua_pushliteral(L, "the iteration was ended before it was through"); /* nil, text */
    }
    return done;
}

int table_keys_lj(lua_State *L)
{
    struct table_object *object = table_check_lj(L, 1);
    const struct accessor *accessor = accessor_of(object->table);
    bool own = accessor != NULL && accessor->own != NULL;
    struct collected *collected;
    ss_plugin_state_type type = SS_PLUGIN_ST_INT64;

    lua_settop(L, 2);
    if (!own && lua_isnil(L, 2))
        return luaL_error(L, "plugins do not tell the keys of entries: name a field that holds them");
    collected = collected_new_lj(L, object, 1); /* table, field, collected */
    if (!lua_isnil(L, 2)) {
        if (!field_find_lj(L, object, luaL_checkstring(L, 2), &collected->fields[0]))
            return 2;
        collected->field_count = 1;
        type = collected->fields[0].type;
    }
    if (!iterate_lj(L, object, collected))
        return 2;
    lua_createtable(L, (int)collected->rows, 0); /* …, list */
    for (size_t row = 0; row < collected->rows; row++) {
        push_state_value_lj(L, type, row_of(collected, row)); /* …, list, key */
        lua_rawseti(L, -2, (lua_Integer)row + 1);             /* …, list */
    }
    return 1;
}

int table_entries_lj(lua_State *L)
{
    struct table_object *object = table_check_lj(L, 1);
    uint32_t count = 0;
    const ss_plugin_table_fieldinfo *list = table_fields.list_table_fields(object->table, &count);
    struct collected *collected;

    lua_settop(L, 1);
    lua_createtable(L, (int)count, 0); /* table, names */
    for (uint32_t i = 0, to = 0; i < count; i++)
        if (list[i].field_type != SS_PLUGIN_ST_TABLE) {
            lua_pushstring(L, list[i].name);      /* table, names, name */
            lua_rawseti(L, 2, (lua_Integer)++to); /* table, names */
        }
    count = (uint32_t)lua_rawlen(L, 2);
    collected = collected_new_lj(L, object, count); /* table, names, collected */
    for (uint32_t i = 0; i < count; i++) {
        lua_rawgeti(L, 2, (lua_Integer)i + 1); /* table, names, collected, name */
        if (!field_find_lj(L, object, lua_tostring(L, -1), &collected->fields[i]))
            return 2;
        lua_pop(L, 1); /* table, names, collected */
    }
    collected->field_count = count;
    if (count > 0 && !iterate_lj(L, object, collected))
        return 2;
    lua_createtable(L, (int)collected->rows, 0); /* table, names, collected, list */
    for (size_t row = 0; row < collected->rows; row++) {
        lua_createtable(L, 0, (int)count); /* …, list, values */
        for (uint32_t i = 0; i < count; i++) {
            lua_rawgeti(L, 2, (lua_Integer)i + 1); /* …, values, name */
            push_state_value_lj(L, collected->fields[i].type,
                                &row_of(collected, row)[i]); /* …, name, value */
            lua_rawset(L, -3);                               /* …, list, values */
        }
        lua_rawseti(L, -2, (lua_Integer)row + 1); /* …, list */
    }
    return 1;
}

void collected_register_lj(lua_State *L)
{
    object_register_lj(L, COLLECTED_TYPE, NULL, gc_lj);
}
