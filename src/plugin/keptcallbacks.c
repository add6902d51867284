#include "plugin/keptcallbacks.h"

#include "lua/fastapi.h"
#include "modules/lure.h"
#include "plugin/fieldeval.h"
#include "plugin/plugin.h"

#include <lauxlib.h>
#include <string.h>

/* The registry key of the event object: its address. */
static const char event_key = 'e';

/* Adds a field's function, or the script's `extract`, and its arguments. Stack: [list, field] -> [list] */
static void add_field_lj(lua_State *L, struct plugin *plugin, size_t number)
{
    const char *expected = plugin->script->fields[number].name;
    const char *name;

    lua_pushliteral(L, "extract");            /* list, field, key */
    if (lua_rawget(L, -2) != LUA_TFUNCTION) { /* list, field, function */
        lua_pop(L, 1);                        /* list, field */
        plugin_push_callback(L, plugin, KEY_EXTRACT);
    }
    lua_rawseti(L, -3, keptcallbacks_function(number) + 1); /* list, field */
    lua_pushliteral(L, "name");                             /* list, field, key */
    lua_rawget(L, -2);                                      /* list, field, name */
    name = lua_tostring(L, -1);
    if (name == NULL || strcmp(name, expected) != 0) {
        vm_fail_lj(L, 0,
                   "field \"%s\" is not where it was when the script was first run; declare the same fields "
                   "every time",
                   expected);
    }
    lua_rawseti(L, -3, keptcallbacks_argument(number, ARGUMENT_FIELD) + 1); /* list, field */
    lua_rawgeti(L, -2, KEPT_OBJECT + 1);                                    /* list, field, object */
    lua_rawseti(L, -3, keptcallbacks_argument(number, ARGUMENT_EVENT) + 1); /* list, field */
    lua_pop(L, 1);                                                          /* list */
}

/* Adds all fields of the plugin table at `index` to the list at the top. */
static void add_fields_lj(lua_State *L, struct plugin *plugin, int index)
{
    int list = lua_gettop(L);

    lua_pushliteral(L, "fields");                                                                 /* key */
    if (lua_rawget(L, index) != LUA_TTABLE || lua_rawlen(L, -1) != plugin->script->field_count) { /* fields */
        vm_fail_lj(L, 0,
                   "the list of fields is not what it was when the script was first run; declare the same "
                   "fields every time");
    }
    for (size_t i = 0; i < plugin->script->field_count; i++) {
        lua_pushvalue(L, list);                                     /* fields, list */
        if (lua_rawgeti(L, -2, (lua_Integer)i + 1) != LUA_TTABLE) { /* fields, list, field */
            vm_fail_lj(L, 0, "field %zu is not what it was when the script was first run", i + 1);
        }
        add_field_lj(L, plugin, i); /* fields, list */
        lua_pop(L, 1);              /* fields */
    }
    lua_pop(L, 1); /* */
}

/* True if functions get documents of their values, whose methods come with the module lure, also where the
 * script does not require it. */
static bool gives_documents(const struct manifest *script)
{
    bool gives = script->format != NULL;

    for (size_t i = 0; i < script->field_count; i++) {
        gives = gives || (field_has_path(&script->fields[i]) && script->fields[i].has_extract);
    }
    return gives;
}

void keptcallbacks_open_lj(lua_State *L, struct plugin *plugin, int index)
{
    struct extraction *extraction = &plugin->extraction;

    index = lua_absindex(L, index);
    if (gives_documents(plugin->script)) {
        lure_require_lj(L);
    }
    lua_newtable(L);                             /* list */
    extraction->object = event_object_new_lj(L); /* list, object */
    lua_pushvalue(L, -1);                        /* list, object, object */
    lua_rawsetp(L, LUA_REGISTRYINDEX, &event_key);
    lua_rawseti(L, -2, KEPT_OBJECT + 1); /* list */
    plugin_push_callback(L, plugin, KEY_DECODE);
    lua_rawseti(L, -2, KEPT_DECODE + 1); /* list */
    plugin_push_callback(L, plugin, KEY_TO_STRING);
    lua_rawseti(L, -2, KEPT_TO_STRING + 1); /* list */
    plugin_push_callback(L, plugin, KEY_PARSE);
    lua_rawseti(L, -2, KEPT_PARSE + 1); /* list */
    plugin_push_callback(L, plugin, KEY_NEXT);
    lua_rawseti(L, -2, KEPT_NEXT + 1); /* list */
    if (plugin->script->field_count > 0) {
        add_fields_lj(L, plugin, index);
    }
    extraction->kept = luaL_ref(L, LUA_REGISTRYINDEX); /* */
}

bool keptcallbacks_keep(struct plugin *plugin)
{
    struct extraction *extraction = &plugin->extraction;

    extraction->kept =
        vm_keep(&plugin->vm, extraction->kept, keptcallbacks_function(plugin->script->field_count));
    if (extraction->kept == 0) {
        return false;
    }
    extraction->object->place = extraction->kept + KEPT_PAYLOAD;
    for (size_t i = 0; i < plugin->script->field_count; i++) {
        extraction->fields->states[i].arguments =
            fastapi_parameters(plugin->vm.L, extraction->kept + keptcallbacks_function(i), ARGUMENT_COUNT);
    }
    fieldeval_open(plugin);
    return true;
}

void keptcallbacks_push_event(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &event_key); /* event */
}
