/*
 * tlsoptions: the option `tls` of lure.http and lure.net: { ca = PATH, cert = PATH, key = PATH, verify =
 * BOOLEAN }.
 */
#ifndef LURE_MODULES_TLSOPTIONS_H
#define LURE_MODULES_TLSOPTIONS_H

#include "tls/config.h"

#include <lua.h>
#include <stdbool.h>

struct tls_options {
    struct certificate_paths paths; /* with those of the system, where a client wants them */
    bool verify;
};

/* Reads the option out of the table at `options`. False: it is not there, and `to` is what a client without
 * it has. `verify` is a client's. Throws for what is wrong. Stack: unchanged */
bool tlsoptions_read_lj(lua_State *L, int options, const char *function, enum tls_role role,
                        struct tls_options *to);

#endif
