#include "script/require.h"

#include "base/text.h"
#include "script/luaconflict.h"
#include "script/luafile.h"
#include "script/vm.h"

#include <dlfcn.h>
#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where Debian puts C modules. */
#if defined(__aarch64__)
#define DEBIAN_DIRECTORY "/usr/lib/aarch64-linux-gnu/lua/" LUA_VERSION_MAJOR "." LUA_VERSION_MINOR
#else
#define DEBIAN_DIRECTORY "/usr/lib/x86_64-linux-gnu/lua/" LUA_VERSION_MAJOR "." LUA_VERSION_MINOR
#endif

/* Adds ";DIRECTORY/?.lua;DIRECTORY/?/init.lua" or ";DIRECTORY/?.so" for each directory in a list separated by
 * ";". */
static void add_directories(luaL_Buffer *templates, const char *directories, const char *const *endings)
{
    while (*directories != '\0') {
        size_t length = strcspn(directories, ";");

        for (const char *const *ending = endings; length > 0 && *ending != NULL; ending++) {
            luaL_addchar(templates, ';');
            luaL_addlstring(templates, directories, directories[length - 1] == '/' ? length - 1 : length);
            luaL_addchar(templates, '/');
            luaL_addstring(templates, *ending);
        }
        directories += length + (directories[length] == ';');
    }
}

/* Pushes the templates of all directories; `usual`: those of Lua. Stack: [] -> [templates] */
static void push_templates_lj(lua_State *L, const char *const *endings, const char *usual)
{
    struct vm *vm = vm_of(L);
    luaL_Buffer templates;

    luaL_buffinit(L, &templates);
    if (vm->source->directory[0] != '\0') {
        add_directories(&templates, vm->source->directory, endings);
    }
    if (vm->limits->path != NULL) {
        add_directories(&templates, vm->limits->path, endings);
    }
    if (!vm->limits->safe) {
        add_directories(&templates, usual, endings);
    }
    luaL_pushresult(&templates);                                      /* text */
    lua_pushstring(L, lua_tostring(L, -1) + (lua_rawlen(L, -1) > 0)); /* text, text without the first ";" */
    lua_remove(L, -2);                                                /* text */
}

/* Finds a file by templates, with `name` in place of each "?". Unlike Lua's own this opens no file: opening a
 * named pipe would wait for a writer. Stack: [] -> [path, message]; one of them is nil */
static const char *search_lj(lua_State *L, const char *name, const char *templates)
{
    int tried = 0, base = lua_gettop(L);

    luaL_checkstack(L, 8, NULL);
    lua_pushliteral(L, ""); /* message */
    while (*templates != '\0') {
        size_t length = strcspn(templates, ";");

        lua_pushlstring(L, templates, length);                  /* message, template */
        luaL_gsub(L, lua_tostring(L, -1), LUA_PATH_MARK, name); /* message, template, path */
        lua_remove(L, -2);                                      /* message, path */
        if (length > 0 && access(lua_tostring(L, -1), R_OK) == 0) {
            lua_pushnil(L);          /* message, path, nil */
            lua_remove(L, base + 1); /* path, nil */
            return lua_tostring(L, -2);
        }
        lua_pushfstring(L, "%s%sno file '%s'", lua_tostring(L, -2), tried++ > 0 ? "\n\t" : "",
                        lua_tostring(L, -1)); /* message, path, message */
        lua_replace(L, base + 1);             /* message, path */
        lua_pop(L, 1);                        /* message */
        templates += length + (templates[length] == ';');
    }
    lua_pushnil(L);          /* message, nil */
    lua_insert(L, base + 1); /* nil, message */
    return NULL;
}

/* package.searchpath(name, templates [, separator [, by]]) */
static int searchpath_lj(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    const char *templates = luaL_checkstring(L, 2);
    const char *separator = luaL_optstring(L, 3, ".");
    const char *by = luaL_optstring(L, 4, LUA_DIRSEP);

    if (*separator != '\0') {
        name = luaL_gsub(L, name, separator, by); /* ..., name */
    }
    if (search_lj(L, name, templates) == NULL) { /* ..., path, message */
        return 2;
    }
    lua_pop(L, 1); /* ..., path */
    return 1;
}

/* Pushes package.path or package.cpath; for a searcher of the safe sandbox its upvalue, which no script can
 * change. Stack: [] -> [templates] */
static const char *push_current_lj(lua_State *L, const char *key)
{
    if (vm_of(L)->limits->safe) {
        lua_pushvalue(L, lua_upvalueindex(1)); /* templates */
        return lua_tostring(L, -1);
    }
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE); /* loaded */
    lua_getfield(L, -1, LUA_LOADLIBNAME);                     /* loaded, package */
    lua_getfield(L, -1, key);                                 /* loaded, package, templates */
    lua_replace(L, -3);                                       /* templates, package */
    lua_pop(L, 1);                                            /* templates */
    if (!lua_isstring(L, -1)) {
        luaL_error(L, "package.%s must be a string", key);
    }
    return lua_tostring(L, -1);
}

/* Looks for the module named by argument 1. Stack: [name, ...] -> [name, ..., path or nil, message] */
static const char *find_lj(lua_State *L, const char *key)
{
    const char *name = luaL_checkstring(L, 1);
    const char *templates = push_current_lj(L, key); /* templates */

    name = luaL_gsub(L, name, ".", LUA_DIRSEP); /* templates, name */
    return search_lj(L, name, templates);       /* templates, name, path, message */
}

/* The searcher for modules that `lure pack` has packed with the script. Stack: [name, ...] -> [name, ...,
 * function, file or text] */
static int search_packed_lj(lua_State *L)
{
    const struct script_source *script = vm_of(L)->source;
    const char *name = luaL_checkstring(L, 1);

    for (size_t i = 0; i < script->module_count; i++) {
        struct script_source *module = script->modules[i].source;

        if (strcmp(script->modules[i].name, name) == 0) {
            if (script_source_load_lj(L, module) != LUA_OK) { /* ..., function */
                return lua_error(L);
            }
            lua_pushstring(L, module->name); /* ..., function, file */
            return 2;
        }
    }
    if (script->module_count == 0) {
        return 0;
    }
    lua_pushfstring(L, "no module '%s' is packed with %s", name, script->name); /* ..., text */
    return 1;
}

static int search_lua_lj(lua_State *L)
{
    const char *path = find_lj(L, "path"); /* ..., path, message */

    if (path == NULL) {
        return 1;
    }
    if (luafile_load_lj(L, path) != LUA_OK) { /* ..., path, message, function */
        return lua_error(L);
    }
    lua_pushvalue(L, -3); /* ..., function, path */
    return 2;
}

/* The name of a C module's function: "a.b" is luaopen_a_b. Stack: [name, ...] -> [name, ..., text] */
static const char *function_name_lj(lua_State *L)
{
    luaL_gsub(L, lua_tostring(L, 1), ".", "_");            /* ..., name */
    lua_pushfstring(L, "luaopen_%s", lua_tostring(L, -1)); /* ..., name, text */
    lua_remove(L, -2);                                     /* ..., text */
    return lua_tostring(L, -1);
}

/* Throws if the file must not be loaded. */
static void check_c_module_lj(lua_State *L, const char *path)
{
    struct vm *vm = vm_of(L);

    free(vm->problem);
    vm->problem = NULL;
    if (!script_source_may_load(path, vm->limits->trust, &vm->problem)) {
        luaL_error(L, "C module \"%s\": %s", lua_tostring(L, 1),
                   vm->problem != NULL ? vm->problem : TEXT_NO_MEMORY);
    }
}

static int search_c_lj(lua_State *L)
{
    const char *path = find_lj(L, "cpath"); /* ..., path, message */
    const char *problem;
    lua_CFunction open_lj;
    void *library;

    if (path == NULL) {
        return 1;
    }
    check_c_module_lj(L, path);
    problem = luaconflict_make_visible();
    if (problem != NULL) {
        return luaL_error(L, "C module \"%s\" (%s): %s", lua_tostring(L, 1), path, problem);
    }
    if (strchr(path, '/') == NULL) { /* dlopen would look for another file, in the directories of libraries */
        path = lua_pushfstring(L, "./%s", path);
        lua_replace(L, -3);
    }
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        return luaL_error(L, "C module \"%s\": %s", lua_tostring(L, 1), dlerror());
    }
    *(void **)&open_lj = dlsym(library, function_name_lj(L)); /* ..., path, message, text */
    if (open_lj == NULL) {
        return luaL_error(L, "C module \"%s\" (%s) has no function %s", lua_tostring(L, 1), path,
                          lua_tostring(L, -1));
    }
    lua_pushcfunction(L, open_lj); /* ..., path, message, text, function */
    lua_pushvalue(L, -4);          /* ..., function, path */
    return 2;
}

/* In place of search_c_lj in the safe sandbox. */
static int refuse_c_lj(lua_State *L)
{
    lua_pushliteral(L, "no C module: the safe sandbox (init_config.lure.sandbox) has none");
    return 1;
}

/* Replaces Lua's searchers, except that of `preload`. Stack: [package, path] unchanged */
static void set_searchers_lj(lua_State *L)
{
    const lua_CFunction searchers[] = {search_packed_lj, search_lua_lj,
                                       vm_of(L)->limits->safe ? refuse_c_lj : search_c_lj};

    lua_getfield(L, -2, "searchers"); /* package, path, searchers: of `preload`, and Lua's own */
    for (lua_Integer i = 0; i < 3; i++) {
        lua_pushvalue(L, -2);                 /* package, path, searchers, path */
        lua_pushcclosure(L, searchers[i], 1); /* package, path, searchers, function */
        lua_rawseti(L, -2, i + 2);            /* package, path, searchers */
    }
    lua_pop(L, 1); /* package, path */
}

/* What a script can change or call, in the full sandbox. Stack: [package, path] unchanged */
static void set_members_lj(lua_State *L)
{
    static const char *const c_endings[] = {"?.so", NULL};

    lua_pushvalue(L, -1);        /* package, path, path */
    lua_setfield(L, -3, "path"); /* package, path */
    push_templates_lj(L, c_endings,
                      LUA_CDIR ";" DEBIAN_DIRECTORY ";/usr/lib/lua/" LUA_VERSION_MAJOR "." LUA_VERSION_MINOR);
    lua_setfield(L, -3, "cpath");        /* package, path */
    lua_pushnil(L);                      /* package, path, nil */
    lua_setfield(L, -3, "loadlib");      /* package, path: C libraries are loaded only by `require` */
    lua_pushcfunction(L, searchpath_lj); /* package, path, function */
    lua_setfield(L, -3, "searchpath");   /* package, path */
}

void require_open_lj(lua_State *L)
{
    static const char *const endings[] = {"?.lua", "?/init.lua", NULL};

    lua_getglobal(L, LUA_LOADLIBNAME); /* package */
    push_templates_lj(
        L, endings, LUA_LDIR ";/usr/share/lua/" LUA_VERSION_MAJOR "." LUA_VERSION_MINOR); /* package, path */
    if (!vm_of(L)->limits->safe) {
        set_members_lj(L);
    }
    set_searchers_lj(L);
    lua_pop(L, 2); /* */
}
