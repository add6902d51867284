/*
 * hostile: lure.host loads and drives a plugin that answers anything (hostile_plugin.c, hostile.lua).
 */
#include "luatarget.h"

#include <dlfcn.h>

typedef void feed_function(const unsigned char *bytes, size_t size);

/* feed(bytes): what the plugin answers from now on */
static int feed_lj(lua_State *L)
{
    static feed_function *feed;
    size_t size;
    const char *bytes = luaL_checklstring(L, 1, &size);

    if (feed == NULL) {
        void *plugin = dlopen(FUZZ_LIBRARY, RTLD_NOW | RTLD_LOCAL);

        feed = plugin != NULL ? (feed_function *)(uintptr_t)dlsym(plugin, "hostile_feed") : NULL;
        if (feed == NULL) {
            return luaL_error(L, "%s", dlerror());
        }
    }
    feed((const unsigned char *)bytes, size);
    return 0;
}

LUA_TARGET("hostile", feed_lj, false)
