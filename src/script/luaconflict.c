#include "script/luaconflict.h"

#include "lure_lua_build.h"

#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The names of all loaded objects, each terminated by NUL; "" is the program. */
struct names {
    char *text;
    size_t length;
    bool no_memory;
};

/* Only copies names: inside of dl_iterate_phdr another look-up could wait for a thread that waits for us. */
static int take_name(struct dl_phdr_info *object, size_t size, void *given)
{
    struct names *names = given;
    size_t length = strlen(object->dlpi_name) + 1;
    char *text = realloc(names->text, names->length + length);

    (void)size;
    if (text == NULL) {
        names->no_memory = true;
        return 1;
    }
    memcpy(text + names->length, object->dlpi_name, length);
    names->text = text;
    names->length += length;
    return 0;
}

/* True if this object, or what it depends on, has a Lua that is not lure's. */
static bool has_other_lua(const char *name)
{
    void *object = dlopen(*name != '\0' ? name : NULL, RTLD_LAZY | RTLD_NOLOAD);
    bool other = false;

    if (object != NULL) {
        other = dlsym(object, "lua_newstate") != NULL && dlsym(object, "lure_lua_build") == NULL;
        dlclose(object);
    }
    return other;
}

/* Looks up a symbol in the global scope. (RTLD_DEFAULT would also search our own library.) */
static const void *global_symbol(const char *name)
{
    void *process = dlopen(NULL, RTLD_LAZY);
    const void *found = process != NULL ? dlsym(process, name) : NULL;

    if (process != NULL) {
        dlclose(process);
    }
    return found;
}

static const char *find_other_lua(void)
{
    const char *build = global_symbol("lure_lua_build");
    struct names names = {.text = NULL};
    bool other = build != NULL && strcmp(build, lure_lua_build) != 0;

    dl_iterate_phdr(take_name, &names);
    for (size_t at = 0; at < names.length && !other; at += strlen(names.text + at) + 1) {
        other = has_other_lua(names.text + at);
    }
    free(names.text);
    if (names.no_memory) {
        return "not enough memory";
    }
    return other ? "this process has another Lua, and a C module would mix the two up; use a pure Lua module"
                 : NULL;
}

const char *luaconflict_make_visible(void)
{
    const char *problem = find_other_lua();
    Dl_info self;

    if (problem != NULL || global_symbol("lure_lua_build") != NULL) {
        return problem;
    }
    if (dladdr(lure_lua_build, &self) == 0 ||
        dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_GLOBAL | RTLD_NODELETE) == NULL) {
        return "the library cannot make its Lua visible to C modules";
    }
    return NULL;
}
