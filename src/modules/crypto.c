#include "modules/crypto.h"

#include "event/value.h"
#include "lua/budget.h"
#include "modules/options.h"
#include "modules/textcodes.h"
#include "tls/digest.h"
#include "tls/random.h"

#include <errno.h>
#include <lauxlib.h>
#include <mbedtls/constant_time.h>
#include <string.h>

#define MODULE "lure.crypto."

/* Units of the time budget: of a call, of a byte that is compared, of a random one. */
#define UNITS_OF_CALL    (64 * BUDGET_OF_STEP)
#define UNITS_OF_COMPARE 2
#define UNITS_OF_RANDOM  8

#define MOST_RANDOM (1 << 20)

/* ---- arguments ---- */

static const struct digest *check_algorithm_lj(lua_State *L, int index)
{
    const char *name = value_name(L, index);
    char shown[100];
    luaL_Buffer names;

    for (const struct digest *digest = digests; name != NULL && digest->name != NULL; digest++) {
        if (strcmp(name, digest->name) == 0) {
            return digest;
        }
    }
    luaL_buffinit(L, &names);
    for (const struct digest *digest = digests; digest->name != NULL; digest++) {
        luaL_addstring(&names, digest == digests ? "" : ", ");
        luaL_addstring(&names, digest->name);
    }
    luaL_pushresult(&names);
    value_describe(L, index, shown, sizeof(shown));
    luaL_error(L, MODULE "hmac: algorithm: expected one of %s, got %s", lua_tostring(L, -1),
               lua_type(L, index) == LUA_TSTRING ? "another text" : shown); /* which may be the key */
    return NULL;
}

/* ---- digests ---- */

/* lure.crypto.sha256(text), ...; upvalue 1: the digest */
static int digest_lj(lua_State *L)
{
    const struct digest *digest = lua_touserdata(L, lua_upvalueindex(1));
    unsigned char bytes[DIGEST_SIZE];
    size_t length;
    const char *text = options_text_lj(L, 1, MODULE, digest->name, "text", &length);

    budget_charge_lj(L, UNITS_OF_CALL + length * digest->time);
    if (!digest_of(digest, text, length, bytes)) {
        return luaL_error(L, MODULE "%s: Mbed TLS refuses it", digest->name);
    }
    lua_pushlstring(L, (const char *)bytes, digest->size);
    return 1;
}

/* lure.crypto.hmac(algorithm, key, text) */
static int hmac_lj(lua_State *L)
{
    const struct digest *digest = check_algorithm_lj(L, 1);
    unsigned char bytes[DIGEST_SIZE];
    size_t key_length, length;
    const char *key = options_text_lj(L, 2, MODULE, "hmac", "key", &key_length);
    const char *text = options_text_lj(L, 3, MODULE, "hmac", "text", &length);

    budget_charge_lj(L, 4 * UNITS_OF_CALL + (key_length + length) * digest->time);
    if (!digest_hmac(digest, key, key_length, text, length, bytes)) {
        return luaL_error(L, MODULE "hmac: out of memory");
    }
    lua_pushlstring(L, (const char *)bytes, digest->size);
    return 1;
}

/* ---- secrets ---- */

/* lure.crypto.equal(a, b) */
static int equal_lj(lua_State *L)
{
    size_t length, other_length;
    const char *text = options_text_lj(L, 1, MODULE, "equal", "a", &length);
    const char *other = options_text_lj(L, 2, MODULE, "equal", "b", &other_length);

    budget_charge_lj(L, BUDGET_OF_STEP + length * UNITS_OF_COMPARE);
    lua_pushboolean(L, length == other_length && mbedtls_ct_memcmp(text, other, length) == 0);
    return 1;
}

/* lure.crypto.random(n) */
static int random_lj(lua_State *L)
{
    lua_Integer count = lua_isinteger(L, 1) ? lua_tointeger(L, 1) : -1;
    char shown[100];
    luaL_Buffer buffer;

    if (count < 0 || count > MOST_RANDOM) {
        value_describe(L, 1, shown, sizeof(shown));
        return luaL_error(L, MODULE "random: expected how many bytes, an integer from 0 to %d, got %s",
                          MOST_RANDOM, shown);
    }
    budget_charge_lj(L, UNITS_OF_CALL + (size_t)count * UNITS_OF_RANDOM);
    if (!random_bytes(luaL_buffinitsize(L, &buffer, (size_t)count), (size_t)count)) {
        return luaL_error(L, MODULE "random: the kernel gives no random bytes: %s", strerror(errno));
    }
    luaL_pushresultsize(&buffer, (size_t)count);
    return 1;
}

/* ---- codes ---- */

/* lure.crypto.hex(bytes), ...; upvalue 1: the code */
static int encode_lj(lua_State *L)
{
    const struct textcode *code = lua_touserdata(L, lua_upvalueindex(1));
    size_t length;
    const char *bytes = options_text_lj(L, 1, MODULE, code->name, "bytes", &length);
    luaL_Buffer buffer;
    char *to;

    budget_charge_lj(L, BUDGET_OF_STEP + length * TEXTCODE_TIME);
    to = luaL_buffinitsize(L, &buffer, textcode_room(code, length));
    luaL_pushresultsize(&buffer, textcode_encode(code, bytes, length, to));
    return 1;
}

/* lure.crypto.unhex(text), ...; nil and why it is none. Upvalue 1: the code */
static int decode_lj(lua_State *L)
{
    const struct textcode *code = lua_touserdata(L, lua_upvalueindex(1));
    size_t length, written;
    const char *text = options_text_lj(L, 1, MODULE, code->inverse, "text", &length), *problem;
    luaL_Buffer buffer;
    char *to;

    budget_charge_lj(L, BUDGET_OF_STEP + length * TEXTCODE_TIME);
    to = luaL_buffinitsize(L, &buffer, length);
    problem = textcode_decode(code, text, length, to, &written);
    if (problem != NULL) {
        lua_pushnil(L);
        lua_pushfstring(L, "no %s: %s", code->name, problem);
        return 2;
    }
    luaL_pushresultsize(&buffer, written);
    return 1;
}

/* Stack: [table] unchanged */
static void add_lj(lua_State *L, const char *name, lua_CFunction function_lj, const void *upvalue)
{
    lua_pushlightuserdata(L, (void *)(uintptr_t)upvalue); /* table, upvalue */
    lua_pushcclosure(L, function_lj, 1);                  /* table, function */
    lua_setfield(L, -2, name);                            /* table */
}

int luaopen_lure_crypto(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"hmac", hmac_lj}, {"equal", equal_lj}, {"random", random_lj}, {NULL, NULL}};

    luaL_newlib(L, functions); /* table */
    for (const struct digest *digest = digests; digest->name != NULL; digest++) {
        add_lj(L, digest->name, digest_lj, digest);
    }
    for (const struct textcode *code = textcodes; code->name != NULL; code++) {
        add_lj(L, code->name, encode_lj, code);
        add_lj(L, code->inverse, decode_lj, code);
    }
    return 1;
}
