/*
 * command: what lure.process.run was given, for spawn: words, environment, directory, input.
 *
 * The vectors are userdata that lie on the stack, the texts are the script's: both must stay there until the
 * program was started.
 */
#ifndef LURE_MODULES_COMMAND_H
#define LURE_MODULES_COMMAND_H

#include "process/spawn.h"

#include <lua.h>
#include <stddef.h>

#define COMMAND_RUN "lure.process.run"

struct command {
    struct spawn_request request;
    const char *input; /* NULL: none */
    size_t input_size;
    char path[4096]; /* of the program */
};

/* Throws for what cannot be meant. Stack: [words, options] -> [words, options, ...] */
void command_read_lj(lua_State *L, struct command *command);

#endif
