#include "script/luafile.h"

#include "base/text.h"
#include "script/copies.h"

#include <lauxlib.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The index of the file in the vm's list, or the end of the list. */
static size_t index_of(const struct vm *vm, const char *path)
{
    size_t place = 0;

    while (place < vm->module_count && strcmp(vm->modules[place]->path, path) != 0) {
        place++;
    }
    return place;
}

/* What the text of a file is charged. */
static size_t cost_of(const struct script_source *file)
{
    return memory_cost(file->length + 1);
}

static char *refusal(const struct vm *vm, const char *path)
{
    return text_format("%s: not enough memory for the files of the script (limit: " MEMORY_LIMIT_NAME
                       ", %zu bytes)",
                       path, vm->limits->memory);
}

/* Is there memory for the file's text? If it is replaced meanwhile, add_file sees that. */
static bool has_room(const struct vm *vm, const char *path)
{
    struct stat status;

    return stat(path, &status) != 0 || !S_ISREG(status.st_mode) ||
           (size_t)status.st_size <= memory_left(vm->blocks.budget) ||
           memory_make_room(vm->blocks.budget, (size_t)status.st_size);
}

/* Adds the file to the vm's list. False: `vm->problem` says why not (NULL: out of memory). */
static bool add_file(struct vm *vm, struct script_source *file)
{
    size_t place = index_of(vm, file->path);

    if (!copies_charge_plainly(vm, cost_of(file))) {
        vm->problem = refusal(vm, file->path);
        script_source_release(file);
        return false;
    }
    if (place == vm->module_count) {
        struct script_source **modules = realloc(vm->modules, (place + 1) * sizeof(*modules));

        if (modules == NULL) {
            copies_release(vm, vm->charged - cost_of(file));
            script_source_release(file);
            return false;
        }
        vm->modules = modules;
        vm->module_count++;
    } else {
        copies_release(vm, vm->charged - cost_of(vm->modules[place]));
        script_source_release(vm->modules[place]);
    }
    vm->modules[place] = file;
    return true;
}

int luafile_load_lj(lua_State *L, const char *path)
{
    struct vm *vm = vm_of(L);
    struct script_source *file;

    free(vm->problem);
    vm->problem = NULL;
    if (strlen(path) >= PATH_MAX) {
        lua_pushfstring(L, "cannot be read: a path of %I bytes", (LUAI_UACINT)strlen(path)); /* message */
        return LUA_ERRFILE;
    }
    if (!has_room(vm, path)) {
        vm->problem = refusal(vm, path);
        lua_pushstring(L, vm->problem != NULL ? vm->problem : TEXT_NO_MEMORY); /* message */
        return LUA_ERRMEM;
    }
    file = script_source_read(path, vm->limits->trust, &vm->problem);
    if (file == NULL || !add_file(vm, file)) {
        lua_pushstring(L, vm->problem != NULL ? vm->problem : TEXT_NO_MEMORY); /* message */
        return LUA_ERRFILE;
    }
    return script_source_load_lj(L, file);
}
