#include "script/environment.h"

#include "event/value.h"
#include "modules/lure.h"
#include "script/vm.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_allowed(const struct limits *limits, const char *name)
{
    const cJSON *listed;

    cJSON_ArrayForEach(listed, limits->env)
    {
        if (strcmp(listed->valuestring, name) == 0) {
            return true;
        }
    }
    return limits->env == NULL && !limits->safe;
}

/* lure.env(name): the variable's text, or nil */
static int env_lj(lua_State *L)
{
    const char *name = value_check_name_lj(L, 1);

    if (!is_allowed(vm_of(L)->limits, name)) {
        return luaL_error(L, "lure.env: \"%s\" is not among init_config.lure.env; add it there", name);
    }
    lua_pushstring(L, secure_getenv(name)); /* name, text or nil */
    return 1;
}

void environment_open_lj(lua_State *L)
{
    lua_pushcfunction(L, env_lj); /* function */
    lure_provide_lj(L, "env");    /* */
}
