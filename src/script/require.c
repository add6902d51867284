#include "script/require.h"

#include "base/text.h"
#include "event/value.h"
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

static const char *const lua_endings[] = {".lua", "/init.lua", NULL};
static const char *const c_endings[] = {".so", NULL};

/* A template cannot name a directory that has one of Lua's marks in its name. */
static bool fits_template(const char *directory, size_t length)
{
    return memchr(directory, ';', length) == NULL && memchr(directory, '?', length) == NULL;
}

/* Adds ";DIRECTORY/?.lua;DIRECTORY/?/init.lua" or ";DIRECTORY/?.so". */
static void add_templates(luaL_Buffer *templates, const char *directory, size_t length,
                          const char *const *endings)
{
    for (const char *const *ending = endings; length > 0 && *ending != NULL; ending++) {
        luaL_addchar(templates, ';');
        luaL_addlstring(templates, directory, directory[length - 1] == '/' ? length - 1 : length);
        luaL_addstring(templates, "/" LUA_PATH_MARK);
        luaL_addstring(templates, *ending);
    }
}

/* Calls `add` for each directory that init_config.lure.path lists, and for the script's own. */
static void each_directory(const struct vm *vm, void (*add)(void *to, const char *directory, size_t length),
                           void *to)
{
    const char *listed = vm->limits->path != NULL ? vm->limits->path : "";

    add(to, vm->source->directory, strlen(vm->source->directory));
    while (*listed != '\0') {
        size_t length = strcspn(listed, ";");

        add(to, listed, length);
        listed += length + (listed[length] == ';');
    }
}

/* What package.path or package.cpath is being made of. */
struct templates {
    luaL_Buffer buffer;
    const char *const *endings;
};

static void add_own_templates(void *to, const char *directory, size_t length)
{
    struct templates *templates = to;

    if (fits_template(directory, length)) {
        add_templates(&templates->buffer, directory, length, templates->endings);
    }
}

/* Pushes the templates of all directories that have some; `usual`: those of Lua. Stack: [] -> [templates] */
static void push_templates_lj(lua_State *L, const char *const *endings, const char *usual)
{
    struct templates templates = {.endings = endings};

    luaL_buffinit(L, &templates.buffer);
    each_directory(vm_of(L), add_own_templates, &templates);
    while (*usual != '\0') {
        size_t length = strcspn(usual, ";");

        add_templates(&templates.buffer, usual, length, endings);
        usual += length + (usual[length] == ';');
    }
    luaL_pushresult(&templates.buffer);                               /* text */
    lua_pushstring(L, lua_tostring(L, -1) + (lua_rawlen(L, -1) > 0)); /* text, text without the first ";" */
    lua_remove(L, -2);                                                /* text */
}

/* The directories that searchers know without a template. */
struct directories {
    luaL_Buffer buffer; /* each with a NUL behind it */
    bool all;           /* also those that a template could name */
};

static void add_directory(void *to, const char *directory, size_t length)
{
    struct directories *directories = to;

    if (length > 0 && (directories->all || !fits_template(directory, length))) {
        luaL_addlstring(&directories->buffer, directory, length);
        luaL_addchar(&directories->buffer, '\0');
    }
}

/* In the safe sandbox all, so that no script can change them. Stack: [] -> [directories] */
static void push_directories_lj(lua_State *L)
{
    struct directories directories = {.all = vm_of(L)->limits->safe};

    luaL_buffinit(L, &directories.buffer);
    each_directory(vm_of(L), add_directory, &directories);
    luaL_pushresult(&directories.buffer); /* directories */
}

/* Is there a file at the path at the top? If not, the message says so, too. Unlike Lua's own this opens no
 * file: opening a named pipe would wait for a writer. Stack: [message, path] -> [path, nil], or [message] */
static bool try_path_lj(lua_State *L)
{
    const char *message = lua_tostring(L, -2);

    if (access(lua_tostring(L, -1), R_OK) == 0) {
        lua_replace(L, -2); /* path */
        lua_pushnil(L);     /* path, nil */
        return true;
    }
    lua_pushfstring(L, "%s%sno file '%s'", message, *message != '\0' ? "\n\t" : "",
                    lua_tostring(L, -1)); /* message, path, message */
    lua_replace(L, -3);                   /* message, path */
    lua_pop(L, 1);                        /* message */
    return false;
}

/* By templates, with `name` in place of each "?". Stack: as try_path_lj, from [message] */
static bool try_templates_lj(lua_State *L, const char *name, const char *templates)
{
    luaL_checkstack(L, 8, NULL);
    while (*templates != '\0') {
        size_t length = strcspn(templates, ";");

        lua_pushlstring(L, templates, length);                  /* message, template */
        luaL_gsub(L, lua_tostring(L, -1), LUA_PATH_MARK, name); /* message, template, path */
        lua_remove(L, -2);                                      /* message, path */
        if (try_path_lj(L)) {
            return true;
        }
        templates += length + (templates[length] == ';');
    }
    return false;
}

/* In directories, `length` bytes, each with a NUL behind it. Stack: as try_path_lj, from [message] */
static bool try_directories_lj(lua_State *L, const char *name, const char *directories, size_t length,
                               const char *const *endings)
{
    const char *end = directories + length;

    luaL_checkstack(L, 8, NULL);
    for (const char *at = directories; at < end; at += strlen(at) + 1) {
        const char *slash = at[strlen(at) - 1] == '/' ? "" : "/";

        for (const char *const *ending = endings; *ending != NULL; ending++) {
            lua_pushfstring(L, "%s%s%s%s", at, slash, name, *ending); /* message, path */
            if (try_path_lj(L)) {
                return true;
            }
        }
    }
    return false;
}

/* package.searchpath(name, templates [, separator [, by]]) */
static int searchpath_lj(lua_State *L)
{
    const char *name = value_check_name_lj(L, 1);
    const char *templates = value_check_name_lj(L, 2);
    const char *separator = luaL_optstring(L, 3, ".");
    const char *by = luaL_optstring(L, 4, LUA_DIRSEP);

    if (*separator != '\0') {
        name = luaL_gsub(L, name, separator, by); /* ..., name */
    }
    lua_pushliteral(L, "");                     /* ..., message */
    if (try_templates_lj(L, name, templates)) { /* ..., path, nil; or message */
        lua_pop(L, 1);                          /* ..., path */
        return 1;
    }
    lua_pushnil(L); /* ..., message, nil */
    lua_insert(L, -2);
    return 2; /* nil, message */
}

/* Pushes package.path or package.cpath. Stack: [] -> [templates] */
static const char *push_current_lj(lua_State *L, const char *key)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE); /* loaded */
    lua_getfield(L, -1, LUA_LOADLIBNAME);                     /* loaded, package */
    lua_getfield(L, -1, key);                                 /* loaded, package, templates */
    lua_replace(L, -3);                                       /* templates, package */
    lua_pop(L, 1);                                            /* templates */
    if (value_name(L, -1) == NULL) {
        luaL_error(L, "package.%s must be a string", key);
    }
    return lua_tostring(L, -1);
}

/* Looks for the module named by argument 1: in the directories that are upvalue 1, and by the templates in
 * `package`, which the safe sandbox does not have. Its path, at the top; or NULL, and the message there.
 * Stack: [name, ...] -> [name, ..., path or message] */
static const char *find_lj(lua_State *L, const char *key, const char *const *endings)
{
    const char *name = value_check_name_lj(L, 1), *templates;
    size_t length;
    const char *directories = lua_tolstring(L, lua_upvalueindex(1), &length);
    bool found;

    name = luaL_gsub(L, name, ".", LUA_DIRSEP); /* name */
    lua_pushliteral(L, "");                     /* name, message */
    found = try_directories_lj(L, name, directories, length, endings);
    if (!found && !vm_of(L)->limits->safe) {
        templates = push_current_lj(L, key); /* name, message, templates */
        lua_insert(L, -2);                   /* name, templates, message */
        found = try_templates_lj(L, name, templates);
    }
    if (!found) { /* ..., message */
        return NULL;
    }
    lua_pop(L, 1); /* ..., path */
    return lua_tostring(L, -1);
}

/* The searcher for modules that `lure pack` has packed with the script. Stack: [name, ...] -> [name, ...,
 * function, file or text] */
static int search_packed_lj(lua_State *L)
{
    const struct script_source *script = vm_of(L)->source;
    const char *name = value_check_name_lj(L, 1);

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
    const char *path = find_lj(L, "path", lua_endings); /* ..., path or message */

    if (path == NULL) {
        return 1;
    }
    if (luafile_load_lj(L, path) != LUA_OK) { /* ..., path, function */
        return lua_error(L);
    }
    lua_pushvalue(L, -2); /* ..., function, path */
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

/* Throws if the file must not be loaded, or if dlopen would load another one. */
static void check_c_module_lj(lua_State *L, const char *path)
{
    struct vm *vm = vm_of(L);

    if (strchr(path, '$') != NULL) {
        luaL_error(L,
                   "C module \"%s\" (%s): the dynamic loader replaces what begins with \"$\" in a path; "
                   "rename the directory or the file",
                   lua_tostring(L, 1), path);
    }
    free(vm->problem);
    vm->problem = NULL;
    if (!script_source_may_load(path, vm->limits->trust, &vm->problem)) {
        luaL_error(L, "C module \"%s\": %s", lua_tostring(L, 1),
                   vm->problem != NULL ? vm->problem : TEXT_NO_MEMORY);
    }
}

static int search_c_lj(lua_State *L)
{
    const char *path = find_lj(L, "cpath", c_endings); /* ..., path or message */
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
        path = lua_pushfstring(L, "./%s", path); /* ..., path, path */
        lua_replace(L, -2);                      /* ..., path */
    }
    library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        return luaL_error(L, "C module \"%s\": %s", lua_tostring(L, 1), dlerror());
    }
    *(void **)&open_lj = dlsym(library, function_name_lj(L)); /* ..., path, text */
    if (open_lj == NULL) {
        return luaL_error(L, "C module \"%s\" (%s) has no function %s", lua_tostring(L, 1), path,
                          lua_tostring(L, -1));
    }
    lua_pushcfunction(L, open_lj); /* ..., path, text, function */
    lua_pushvalue(L, -3);          /* ..., function, path */
    return 2;
}

/* In place of search_c_lj in the safe sandbox. */
static int refuse_c_lj(lua_State *L)
{
    lua_pushliteral(L, "no C module: the safe sandbox (init_config.lure.sandbox) has none");
    return 1;
}

/* Replaces Lua's searchers, except that of `preload`. Stack: [package] unchanged */
static void set_searchers_lj(lua_State *L)
{
    const lua_CFunction searchers[] = {search_packed_lj, search_lua_lj,
                                       vm_of(L)->limits->safe ? refuse_c_lj : search_c_lj};

    lua_getfield(L, -1, "searchers"); /* package, searchers: of `preload`, and Lua's own */
    push_directories_lj(L);           /* package, searchers, directories */
    for (lua_Integer i = 0; i < 3; i++) {
        lua_pushvalue(L, -1);                 /* package, searchers, directories, directories */
        lua_pushcclosure(L, searchers[i], 1); /* package, searchers, directories, function */
        lua_rawseti(L, -3, i + 2);            /* package, searchers, directories */
    }
    lua_pop(L, 2); /* package */
}

/* What a script can change or call, in the full sandbox. Stack: [package] unchanged */
static void set_members_lj(lua_State *L)
{
    push_templates_lj(L, lua_endings, LUA_LDIR ";/usr/share/lua/" LUA_VERSION_MAJOR "." LUA_VERSION_MINOR);
    lua_setfield(L, -2, "path"); /* package */
    push_templates_lj(L, c_endings,
                      LUA_CDIR ";" DEBIAN_DIRECTORY ";/usr/lib/lua/" LUA_VERSION_MAJOR "." LUA_VERSION_MINOR);
    lua_setfield(L, -2, "cpath");        /* package */
    lua_pushnil(L);                      /* package, nil */
    lua_setfield(L, -2, "loadlib");      /* package: C libraries are loaded only by `require` */
    lua_pushcfunction(L, searchpath_lj); /* package, function */
    lua_setfield(L, -2, "searchpath");   /* package */
}

void require_open_lj(lua_State *L)
{
    lua_getglobal(L, LUA_LOADLIBNAME); /* package */
    if (!vm_of(L)->limits->safe) {
        set_members_lj(L);
    }
    set_searchers_lj(L);
    lua_pop(L, 1); /* */
}
