#include "script/scriptmodules.h"

#include "modules/compress.h"
#include "modules/crypto.h"
#include "modules/file.h"
#include "modules/http.h"
#include "modules/ip.h"
#include "modules/lpeg.h"
#include "modules/lure.h"
#include "modules/net.h"
#include "modules/process.h"
#include "modules/regex.h"
#include "modules/text.h"
#include "modules/time.h"
#include "modules/window.h"
#include "script/vm.h"

#include <lauxlib.h>
#include <stddef.h>

/* In both sandboxes, whatever init_config.lure.allow says. */
#define UNRESTRICTED RESTRICTED_COUNT

/* The functions that open them have two upvalues: the state's log and its memory budget, light userdata. */
static const struct module_entry {
    const char *name;
    lua_CFunction open_lj;
    enum restricted_module restriction;
} modules[] = {
    {"compress", luaopen_lure_compress, UNRESTRICTED},
    {"crypto", luaopen_lure_crypto, UNRESTRICTED},
    {"file", luaopen_lure_file, RESTRICTED_file},
    {"net", luaopen_lure_net, RESTRICTED_net},
    {"process", luaopen_lure_process, RESTRICTED_process},
    {"http", luaopen_lure_http, RESTRICTED_http},
    {"time", luaopen_lure_time, UNRESTRICTED},
    {"text", luaopen_lure_text, UNRESTRICTED},
    {"window", luaopen_lure_window, UNRESTRICTED},
    {"ip", luaopen_lure_ip, UNRESTRICTED},
    {"regex", luaopen_lure_regex, UNRESTRICTED},
};

/* Modules of others, by their own names, in both sandboxes. */
static const luaL_Reg foreign_modules[] = {{"lpeg", luaopen_lpeg}, {"re", luaopen_re}, {NULL, NULL}};

/* In place of a module; upvalue 1: its name. */
static int refuse_lj(lua_State *L)
{
    const char *name = lua_tostring(L, lua_upvalueindex(1));

    return luaL_error(L,
                      "lure.%s is not there in the safe sandbox (init_config.lure.sandbox), unless "
                      "init_config.lure.allow lists \"%s\"",
                      name, name);
}

void scriptmodules_open_lj(lua_State *L, const struct limits *limits)
{
    struct vm *vm = vm_of(L);

    for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
        if (modules[i].restriction == UNRESTRICTED || limits_allow(limits, modules[i].restriction)) {
            lua_pushlightuserdata(L, vm->log);           /* log */
            lua_pushlightuserdata(L, vm->blocks.budget); /* log, budget */
            lua_pushcclosure(L, modules[i].open_lj, 2);  /* function */
        } else {
            lua_pushstring(L, modules[i].name); /* name */
            lua_pushcclosure(L, refuse_lj, 1);  /* function */
        }
        lure_provide_module_lj(L, modules[i].name); /* */
    }
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE); /* preload */
    luaL_setfuncs(L, foreign_modules, 0);
    lua_pop(L, 1); /* */
}
