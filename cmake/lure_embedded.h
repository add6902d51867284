/*
 * lure_embedded: the parts of lure that are written in Lua, as bytes in the program.
 *
 * lua/lure/cli.lua is the module "lure.cli". The bytes are what this program's Lua has compiled, or source
 * (embed.c). The list ends with a NULL name.
 */
#ifndef LURE_EMBEDDED_H
#define LURE_EMBEDDED_H

#include <stddef.h>

struct embedded_module {
    const char *name;
    const unsigned char *bytes;
    size_t length;
};

extern const struct embedded_module embedded_modules[];

#endif
