#include "script/luafile.h"

#include "base/text.h"
#include "script/vm.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

/* The index of the file in the vm's list, or the end of the list. */
static size_t index_of(const struct vm *vm, const char *path)
{
    size_t place = 0;

    while (place < vm->module_count && strcmp(vm->modules[place]->path, path) != 0) {
        place++;
    }
    return place;
}

static bool fits(const struct vm *vm, const struct script_source *file, size_t place)
{
    size_t bytes = file->length;

    for (size_t i = 0; i < vm->module_count; i++) {
        bytes += i != place ? vm->modules[i]->length : 0;
    }
    return bytes <= vm->limits->memory;
}

/* Adds the file to the vm's list. False: `vm->problem` says why not (NULL: out of memory). */
static bool add_file(struct vm *vm, struct script_source *file)
{
    size_t place = index_of(vm, file->path);

    if (!fits(vm, file, place)) {
        vm->problem = text_format("%s: the files of the script have more than %zu bytes (limit: "
                                  "init_config.lure.memory)",
                                  file->path, vm->limits->memory);
        script_source_release(file);
        return false;
    }
    if (place == vm->module_count) {
        struct script_source **modules = realloc(vm->modules, (place + 1) * sizeof(*modules));

        if (modules == NULL) {
            script_source_release(file);
            return false;
        }
        vm->modules = modules;
        vm->module_count++;
    } else {
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
    file = script_source_read(path, vm->limits->trust, &vm->problem);
    if (file == NULL || !add_file(vm, file)) {
        lua_pushstring(L, vm->problem != NULL ? vm->problem : TEXT_NO_MEMORY); /* message */
        return LUA_ERRFILE;
    }
    return script_source_load_lj(L, file);
}
