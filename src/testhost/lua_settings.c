/* host.settings: what lure's own library reads for the program (hostconfig/lure_settings.h). */
#include "base/text.h"
#include "hostconfig/lure_settings.h"
#include "testhost/luaobjects.h"

#include <dlfcn.h>
#include <stdlib.h>

/* The shared object stays in the process, as the libraries of plugins do. */
int host_settings_lj(lua_State *L)
{
    const char *library = text_check_lj(L, 1, NULL);
    const char *request = text_check_lj(L, 2, NULL);
    const char *path = text_check_lj(L, 3, NULL);
    const char *schema = lua_isnoneornil(L, 4) ? NULL : text_check_lj(L, 4, NULL);
    void *handle = dlopen(library, RTLD_LOCAL | RTLD_NOW);
    lure_settings_fn *settings;
    char *answer;

    if (handle == NULL) {
        lua_pushnil(L);               /* nil */
        lua_pushstring(L, dlerror()); /* nil, message */
        return 2;
    }
    *(void **)&settings = dlsym(handle, "lure_settings");
    if (settings == NULL) {
        lua_pushnil(L);                                                         /* nil */
        lua_pushfstring(L, "%s was not made by this version of lure", library); /* nil, message */
        return 2;
    }
    answer = settings(request, path, schema);
    if (answer == NULL)
        return luaL_error(L, "%s: not read: " TEXT_NO_MEMORY, path);
    lua_pushstring(L, answer); /* answer */
    free(answer);
    return 1;
}
