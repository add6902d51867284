#include "base/apiversion.h"
#include "testhost/load.h"
#include "testhost/luaobjects.h"

#include <stdlib.h>
#include <string.h>

/* uservalues of a library: the path, the options as they were given */
enum { LIBRARY_PATH = 1, LIBRARY_OPTIONS };

static const char *const option_names[] = {"minor",        "api",           "lazy",  "env",
                                           "symbols_only", "log_to_stderr", "times", "config"};

static void check_names_lj(lua_State *L, int index)
{
    lua_pushnil(L); /* key */
    while (lua_next(L, index)) {
        bool known = false;
        const char *name = luaL_tolstring(L, -2, NULL); /* key, value, name */
        for (size_t i = 0; i < sizeof option_names / sizeof option_names[0]; i++)
            known = known || strcmp(option_names[i], name) == 0;
        if (!known)
            luaL_error(L, "unknown option \"%s\"", name);
        lua_pop(L, 2); /* key */
    }
}

/* The names of symbols_only as texts that live in a userdata. Stack: [list] -> [list, userdata] */
static void read_only_lj(lua_State *L, struct string_list *only)
{
    size_t count = (size_t)luaL_len(L, -1);

    only->items = lua_newuserdatauv(L, (count + 1) * sizeof(char *), 1); /* list, userdata */
    lua_pushvalue(L, -2);                                                /* list, userdata, list */
    lua_setiuservalue(L, -2, 1);                                         /* list, userdata */
    for (only->count = 0; only->count < count; only->count++) {
        lua_geti(L, -2, (lua_Integer)only->count + 1); /* list, userdata, name */
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "symbols_only: expected a list of names");
        only->items[only->count] = (char *)lua_tostring(L, -1); /* the list keeps it */
        lua_pop(L, 1);                                          /* list, userdata */
    }
}

void options_read_lj(lua_State *L, int index, struct load_options *options)
{
    lua_Integer number;

    *options = (struct load_options){.minor = API_3_NEWEST_MINOR, .api = -1};
    if (lua_isnoneornil(L, index)) {
        lua_pushnil(L); /* nil */
        return;
    }
    luaL_checktype(L, index, LUA_TTABLE);
    check_names_lj(L, index);
    lua_getfield(L, index, "minor"); /* minor */
    number = luaL_optinteger(L, -1, API_3_NEWEST_MINOR);
    if (number < 0 || number > API_3_NEWEST_MINOR)
        luaL_error(L, "minor: expected 0 to %d, got %d", API_3_NEWEST_MINOR, (int)number);
    options->minor = (unsigned)number;
    lua_getfield(L, index, "api"); /* minor, api */
    number = luaL_optinteger(L, -1, -1);
    if (number != -1 && number != 0 && number != 3)
        luaL_error(L, "api: expected 0 or 3, got %d", (int)number);
    options->api = (int)number;
    lua_getfield(L, index, "lazy"); /* minor, api, lazy */
    options->lazy = lua_toboolean(L, -1);
    lua_getfield(L, index, "log_to_stderr"); /* minor, api, lazy, log_to_stderr */
    options->log_to_stderr = lua_toboolean(L, -1);
    lua_pop(L, 4);                          /* */
    lua_getfield(L, index, "symbols_only"); /* only or nil */
    if (!lua_isnil(L, -1)) {
        options->restrict_names = true;
        read_only_lj(L, &options->only); /* list, userdata */
        lua_remove(L, -2);               /* userdata */
    }
}

/* Sets one variable and keeps what it was. Stack: [saved, …, name, value] -> the same */
static void set_variable_lj(lua_State *L, int saved)
{
    const char *old;

    if (lua_type(L, -2) != LUA_TSTRING || !(lua_isstring(L, -1) || lua_isboolean(L, -1)))
        luaL_error(L, "env: expected names with texts, or false for none");
    old = getenv(lua_tostring(L, -2));
    lua_pushvalue(L, -2); /* …, name, value, name */
    if (old != NULL)
        lua_pushstring(L, old); /* …, name, value, name, old */
    else
        lua_pushboolean(L, false); /* …, name, value, name, false */
    lua_rawset(L, saved);          /* …, name, value */
    if (lua_isboolean(L, -1))
        unsetenv(lua_tostring(L, -2));
    else
        setenv(lua_tostring(L, -2), lua_tostring(L, -1), 1);
}

void environment_set_lj(lua_State *L, int options)
{
    lua_newtable(L); /* saved */
    if (!lua_istable(L, options))
        return;
    if (lua_getfield(L, options, "env") != LUA_TNIL) { /* saved, env */
        if (!lua_istable(L, -1))
            luaL_error(L, "env: expected a table, got a %s", luaL_typename(L, -1));
        lua_pushnil(L); /* saved, env, name */
        while (lua_next(L, -2)) {
            set_variable_lj(L, lua_absindex(L, -4)); /* saved, env, name, value */
            lua_pop(L, 1);                           /* saved, env, name */
        }
    }
    lua_pop(L, 1); /* saved */
}

void environment_restore_lj(lua_State *L, int saved)
{
    saved = lua_absindex(L, saved);
    lua_pushnil(L); /* key */
    while (lua_next(L, saved)) {
        if (lua_isboolean(L, -1))
            unsetenv(lua_tostring(L, -2));
        else
            setenv(lua_tostring(L, -2), lua_tostring(L, -1), 1);
        lua_pop(L, 1); /* key */
    }
}

/* Loads. Stack: [path, options] -> [library] or [nil, message, detail] */
static int load_lj(lua_State *L)
{
    const char *path = text_check_lj(L, 1, NULL);
    struct load_options options;
    char message[HOST_MESSAGE] = "";
    char *answered;
    struct library **object;

    lua_settop(L, 2);
    options_read_lj(L, 2, &options);                  /* path, options, names */
    object = lua_newuserdatauv(L, sizeof *object, 2); /* path, options, names, library */
    *object = NULL;
    luaL_setmetatable(L, LIBRARY_TYPE);
    lua_pushvalue(L, 1); /* …, library, path */
    lua_setiuservalue(L, -2, LIBRARY_PATH);
    lua_pushvalue(L, 2); /* …, library, options */
    lua_setiuservalue(L, -2, LIBRARY_OPTIONS);
    environment_set_lj(L, 2); /* path, options, names, library, saved */
    *object = library_load(path, &options, message, &answered);
    environment_restore_lj(L, -1);
    if (*object != NULL) {
        lua_pop(L, 1); /* path, options, names, library */
        return 1;
    }
    lua_pushnil(L);                              /* nil */
    lua_pushstring(L, message);                  /* nil, message */
    lua_newtable(L);                             /* nil, message, detail */
    lua_pushstring(L, answered);                 /* nil, message, detail, text */
    lua_setfield(L, -2, "required_api_version"); /* nil, message, detail */
    free(answered);
    return 3;
}

int host_load_lj(lua_State *L)
{
    return load_lj(L);
}

static int loading_again_lj(lua_State *L)
{
    library_check_lj(L, 1);
    lua_settop(L, 1);
    lua_getiuservalue(L, 1, LIBRARY_PATH);    /* library, path */
    lua_getiuservalue(L, 1, LIBRARY_OPTIONS); /* library, path, options */
    lua_remove(L, 1);                         /* path, options */
    return load_lj(L);
}

static int gc_lj(lua_State *L)
{
    struct library **object = luaL_checkudata(L, 1, LIBRARY_TYPE);

    library_free(*object);
    *object = NULL;
    return 0;
}

static int init_lj(lua_State *L)
{
    library_check_lj(L, 1);
    lua_settop(L, 3);
    if (lua_isnil(L, 3)) {
        lua_pushnil(L); /* …, nil */
    } else {
        luaL_checktype(L, 3, LUA_TTABLE);
        lua_getfield(L, 3, "inspector"); /* …, inspector or nil */
    }
    if (lua_isnil(L, 4))
        push_inspector_lj(L); /* …, nil, inspector */
    return state_new_lj(L, 1, text_check_lj(L, 2, ""), lua_gettop(L));
}

/* ---- info ---- */

/* Stack: [table] -> [table] */
static void set_text_lj(lua_State *L, const char *key, const char *text)
{
    lua_pushstring(L, text); /* table, text or nil */
    lua_setfield(L, -2, key);
}

static void set_flag_lj(lua_State *L, const char *key, bool flag)
{
    lua_pushboolean(L, flag); /* table, flag */
    lua_setfield(L, -2, key);
}

/* Stack: [] -> [field] */
static void push_field_lj(lua_State *L, const struct field *field, size_t id, int api)
{
    lua_newtable(L);                     /* field */
    lua_pushinteger(L, (lua_Integer)id); /* field, id */
    lua_setfield(L, -2, "id");
    set_text_lj(L, "name", field->name);
    set_text_lj(L, "type", field->type);
    set_text_lj(L, "desc", field->desc);
    set_text_lj(L, "display", field->display[0] != '\0' ? field->display : NULL);
    set_flag_lj(L, "list", field->list);
    set_flag_lj(L, "add_output", field->add_output);
    push_string_list_lj(L, &field->properties); /* field, properties */
    lua_setfield(L, -2, "properties");
    lua_newtable(L); /* field, arg */
    set_flag_lj(L, "required", field->required);
    set_flag_lj(L, "index", field->index);
    set_flag_lj(L, "key", field->key && api != 0); /* API 0 does not say */
    lua_setfield(L, -2, "arg");
}

/* Stack: [info] -> [info] */
static void set_capabilities_lj(lua_State *L, unsigned capabilities)
{
    static const struct {
        const char *name;
        enum capability capability;
    } names[] = {{"sourcing", CAPABILITY_SOURCING},
                 {"extraction", CAPABILITY_EXTRACTION},
                 {"parsing", CAPABILITY_PARSING},
                 {"async", CAPABILITY_ASYNC},
                 {"listening", CAPABILITY_LISTENING}};

    lua_newtable(L); /* info, capabilities */
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        set_flag_lj(L, names[i].name, (capabilities & names[i].capability) != 0);
    lua_setfield(L, -2, "capabilities"); /* info */
}

/* Stack: [info] -> [info] */
static void set_lists_lj(lua_State *L, const struct library *library)
{
    lua_createtable(L, (int)library->fields.count, 0); /* info, fields */
    for (size_t i = 0; i < library->fields.count; i++) {
        push_field_lj(L, &library->fields.items[i], i, library->driver->api); /* info, fields, field */
        lua_rawseti(L, -2, (lua_Integer)i + 1);                               /* info, fields */
    }
    lua_setfield(L, -2, "fields");
    lua_newtable(L); /* info, symbols */
    for (size_t i = 0; i < library->symbol_count; i++)
        set_flag_lj(L, library->symbols[i].name, library->symbols[i].address != NULL);
    lua_setfield(L, -2, "symbols");
    push_string_list_lj(L, &library->extract_sources); /* info, sources */
    lua_setfield(L, -2, "extract_event_sources");
    push_string_list_lj(L, &library->parse_sources); /* info, sources */
    lua_setfield(L, -2, "parse_event_sources");
    push_string_list_lj(L, &library->async_sources); /* info, sources */
    lua_setfield(L, -2, "async_event_sources");
    push_string_list_lj(L, &library->async_events); /* info, names */
    lua_setfield(L, -2, "async_events");
}

/*
 * path, api (the version that the plugin requires), name, description, contact, version, id
 * and event_source (nil: none), init_schema (nil: none), fields_json (nil: none), fields,
 * capabilities, symbols, extract_event_sources, parse_event_sources, async_event_sources,
 * async_events; console: state:console returns. The event sources are those of the framework: a plugin's own
 * is among them.
 */
static int info_lj(lua_State *L)
{
    const struct library *library = library_check_lj(L, 1);

    lua_newtable(L); /* info */
    set_text_lj(L, "path", library->path);
    set_text_lj(L, "api", library->required_api_version);
    set_text_lj(L, "name", library->name);
    set_text_lj(L, "description", library->description);
    set_text_lj(L, "contact", library->contact);
    set_text_lj(L, "version", library->version);
    set_text_lj(L, "event_source", library->event_source);
    set_text_lj(L, "init_schema", library->init_schema);
    set_text_lj(L, "fields_json", library->fields_json);
    if (library->id != 0) {
        lua_pushinteger(L, library->id); /* info, id */
        lua_setfield(L, -2, "id");
    }
    set_flag_lj(L, "console", library->driver->console != NULL && library_console(library) != NULL);
    set_capabilities_lj(L, library->capabilities);
    set_lists_lj(L, library);
    return 1;
}

void library_register_lj(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"info", info_lj}, {"init", init_lj}, {"loading_again", loading_again_lj}, {NULL, NULL}};

    object_register_lj(L, LIBRARY_TYPE, methods, gc_lj);
}
