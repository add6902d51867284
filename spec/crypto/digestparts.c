/*
 * digestparts: Mbed TLS's SHA-256, as lure has changed it, in a Lua module: of a text that comes in parts.
 */
#include <lauxlib.h>
#include <lua.h>
#include <mbedtls/sha256.h>

#define DIGEST_SIZE 32

/* sha256(text, size): the digest of the text, `size` bytes at a time. */
static int sha256_lj(lua_State *L)
{
    size_t length, size = (size_t)luaL_checkinteger(L, 2);
    const char *text = luaL_checklstring(L, 1, &length);
    unsigned char digest[DIGEST_SIZE];
    mbedtls_sha256_context ctx;

    mbedtls_sha256_init(&ctx);
    mbedtls_sha256_starts(&ctx, 0);
    for (size_t at = 0; at < length; at += size) {
        mbedtls_sha256_update(&ctx, (const unsigned char *)text + at,
                              length - at < size ? length - at : size);
    }
    mbedtls_sha256_finish(&ctx, digest);
    mbedtls_sha256_free(&ctx);
    lua_pushlstring(L, (const char *)digest, sizeof(digest)); /* digest */
    return 1;
}

int luaopen_digestparts(lua_State *L);

int luaopen_digestparts(lua_State *L)
{
    static const luaL_Reg functions[] = {{"sha256", sha256_lj}, {NULL, NULL}};

    luaL_newlib(L, functions); /* module */
    return 1;
}
