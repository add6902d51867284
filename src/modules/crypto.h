/*
 * crypto: the module `lure.crypto` of scripts: digests, HMAC, hex and base64, comparison in constant time,
 * random bytes.
 *
 * Time is charged before the work of a whole text, so what takes longer than is left is not begun, and
 * nothing throws while a digest is half made.
 */
#ifndef LURE_MODULES_CRYPTO_H
#define LURE_MODULES_CRYPTO_H

#include <lua.h>

/* Pushes the module's table. Stack: [] -> [table] */
int luaopen_lure_crypto(lua_State *L);

#endif
