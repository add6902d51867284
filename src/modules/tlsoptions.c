#include "modules/tlsoptions.h"

#include "base/text.h"
#include "event/value.h"
#include "modules/options.h"

#include <lauxlib.h>
#include <string.h>

#define SHOWN 100

static void bad_value_lj(lua_State *L, const char *function, const char *name, const char *expected)
{
    char shown[SHOWN];

    value_describe(L, -1, shown, sizeof(shown));
    luaL_error(L, "%s: tls.%s: expected %s, got %s", function, name, expected, shown);
}

/* Stack: [tls] unchanged */
static void read_path_lj(lua_State *L, const char *function, const char *name, char *to)
{
    size_t length = 0;
    const char *text;

    lua_pushstring(L, name);             /* tls, name */
    if (lua_rawget(L, -2) != LUA_TNIL) { /* tls, value */
        text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &length) : NULL;
        if (text == NULL || length == 0 || length >= CERTIFICATES_PATH || text_has_nul(text, length)) {
            bad_value_lj(L, function, name, "the path of a PEM file");
        }
        memcpy(to, text, length + 1);
    }
    lua_pop(L, 1); /* tls */
}

/* Stack: [tls] unchanged */
static void read_verify_lj(lua_State *L, const char *function, struct tls_options *to)
{
    lua_pushliteral(L, "verify");        /* tls, name */
    if (lua_rawget(L, -2) != LUA_TNIL) { /* tls, value */
        if (!lua_isboolean(L, -1)) {
            bad_value_lj(L, function, "verify", "true or false");
        }
        to->verify = lua_toboolean(L, -1);
    }
    lua_pop(L, 1); /* tls */
}

bool tlsoptions_read_lj(lua_State *L, int options, const char *function, enum tls_role role,
                        struct tls_options *to)
{
    static const char *const of_client[] = {"ca", "cert", "key", "verify", NULL};
    static const char *const of_server[] = {"ca", "cert", "key", NULL};
    bool given;

    memset(to, 0, sizeof(*to));
    to->verify = true;
    lua_pushliteral(L, "tls");                  /* name */
    given = lua_rawget(L, options) != LUA_TNIL; /* tls */
    if (given) {
        options_check_lj(L, lua_gettop(L), function, role == TLS_SERVER ? of_server : of_client);
        read_path_lj(L, function, "ca", to->paths.path[CERTIFICATES_CA]);
        read_path_lj(L, function, "cert", to->paths.path[CERTIFICATES_OWN]);
        read_path_lj(L, function, "key", to->paths.path[CERTIFICATES_KEY]);
        read_verify_lj(L, function, to);
    }
    if (given && role == TLS_SERVER &&
        (to->paths.path[CERTIFICATES_OWN][0] == '\0' || to->paths.path[CERTIFICATES_KEY][0] == '\0')) {
        luaL_error(L, "%s: tls: a server needs cert and key", function);
    }
    lua_pop(L, 1); /* */
    to->paths.system = role == TLS_CLIENT && to->verify;
    return given;
}
