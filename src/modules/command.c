#include "modules/command.h"

#include "event/value.h"
#include "modules/options.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_SHOWN 100

#define MOST_WORDS 100000

/* Where it is given. */
enum { WORDS = 1, OPTIONS };

extern char **environ;

/* The value at the top must be a text that C sees all of. */
static const char *check_text_lj(lua_State *L, const char *what)
{
    char shown[LONGEST_SHOWN];
    const char *text = value_name(L, -1);

    if (text == NULL) {
        value_describe(L, -1, shown, sizeof(shown));
        luaL_error(L, COMMAND_RUN ": %s: expected a text without NUL characters, got %s", what, shown);
    }
    return text;
}

/* Room for so many texts and a NULL. Stack: [...] -> [..., vector] */
static char **new_vector_lj(lua_State *L, size_t count)
{
    return lua_newuserdatauv(L, (count + 1) * sizeof(char *), 0); /* ..., vector */
}

/* Stack: [words, options, ...] -> [words, options, ..., vector] */
static char **read_words_lj(lua_State *L)
{
    size_t count = lua_rawlen(L, WORDS);
    char **words;

    if (count == 0 || count > MOST_WORDS) {
        luaL_error(L, COMMAND_RUN ": expected a list of words, the program first");
    }
    words = new_vector_lj(L, count); /* ..., vector */
    for (size_t i = 0; i < count; i++) {
        lua_rawgeti(L, WORDS, (lua_Integer)i + 1);                /* ..., vector, word */
        words[i] = (char *)(uintptr_t)check_text_lj(L, "a word"); /* the list keeps it */
        lua_pop(L, 1);                                            /* ..., vector */
    }
    words[count] = NULL;
    if (words[0][0] == '\0') {
        luaL_error(L, COMMAND_RUN ": the first word, the program, is empty");
    }
    return words;
}

/* Is the variable "NAME=…" in the table `env`? Stack: [..., env] unchanged */
static bool is_overridden_lj(lua_State *L, const char *variable)
{
    bool overridden;

    lua_pushlstring(L, variable, strcspn(variable, "=")); /* ..., env, name */
    overridden = lua_rawget(L, -2) != LUA_TNIL;           /* ..., env, value */
    lua_pop(L, 1);                                        /* ..., env */
    return overridden;
}

static void check_name_lj(lua_State *L)
{
    if (lua_type(L, -2) != LUA_TSTRING || value_name(L, -2) == NULL || *lua_tostring(L, -2) == '\0' ||
        strchr(lua_tostring(L, -2), '=') != NULL) {
        luaL_error(L, COMMAND_RUN ": env: expected names of variables as keys");
    }
}

static size_t count_host(void)
{
    size_t count = 0;

    while (environ != NULL && environ[count] != NULL) {
        count++;
    }
    return count;
}

/* Adds the texts "NAME=VALUE" of the script; `false` leaves the host's variable out. Returns how many.
 * Stack: [..., env, vector, texts] unchanged */
static size_t add_variables_lj(lua_State *L, int env, char **variables, size_t count)
{
    int texts = lua_gettop(L);

    lua_pushnil(L);                 /* ..., texts, name */
    while (lua_next(L, env) != 0) { /* ..., texts, name, value */
        check_name_lj(L);
        if (!lua_isboolean(L, -1) || lua_toboolean(L, -1)) {
            check_text_lj(L, "env");
            lua_pushfstring(L, "%s=%s", lua_tostring(L, -2),
                            lua_tostring(L, -1)); /* ..., name, value, text */
            variables[count++] = (char *)(uintptr_t)lua_tostring(L, -1);
            lua_rawseti(L, texts, (lua_Integer)count); /* ..., name, value */
        }
        lua_pop(L, 1); /* ..., texts, name */
    }
    return count;
}

static size_t count_pairs_lj(lua_State *L, int index)
{
    size_t count = 0;

    lua_pushnil(L);                   /* ..., key */
    while (lua_next(L, index) != 0) { /* ..., key, value */
        count++;
        lua_pop(L, 1); /* ..., key */
    }
    return count;
}

/* The host's environment, and the option `env`. Stack: [words, options, ...] -> [words, options, ..., env,
 * vector, texts] */
static char **read_environment_lj(lua_State *L)
{
    size_t host = count_host(), count = 0;
    char **variables;
    int env;

    lua_getfield(L, OPTIONS, "env"); /* ..., env */
    if (lua_isnil(L, -1)) {
        return environ;
    }
    if (!lua_istable(L, -1)) {
        luaL_error(L, COMMAND_RUN ": env: expected a table, { NAME = \"value\" }");
    }
    env = lua_gettop(L);
    variables = new_vector_lj(L, host + count_pairs_lj(L, env)); /* ..., env, vector */
    lua_pushvalue(L, env);                                       /* ..., env, vector, env */
    for (size_t i = 0; i < host && environ[i] != NULL; i++) {
        if (!is_overridden_lj(L, environ[i])) {
            variables[count++] = environ[i];
        }
    }
    lua_newtable(L);    /* ..., env, vector, env, texts */
    lua_replace(L, -2); /* ..., env, vector, texts */
    count = add_variables_lj(L, env, variables, count);
    variables[count] = NULL;
    return variables;
}

/* The value of a variable; NULL: it is not there. */
static const char *find_variable(char *const *variables, const char *name)
{
    size_t length = strlen(name);

    for (; variables != NULL && *variables != NULL; variables++) {
        if (strncmp(*variables, name, length) == 0 && (*variables)[length] == '=') {
            return *variables + length + 1;
        }
    }
    return NULL;
}

static void find_program_lj(lua_State *L, struct command *command)
{
    const char *name = command->request.words[0];

    command->request.program = name;
    if (strchr(name, '/') != NULL) {
        return;
    }
    if (!spawn_find(name, find_variable(command->request.environment, "PATH"), command->path,
                    sizeof(command->path))) {
        luaL_error(L, COMMAND_RUN ": \"%s\": %s", name,
                   errno == EACCES ? "there is a file of that name in PATH, but it may not be executed"
                                   : "no program of that name in PATH");
    }
    command->request.program = command->path;
}

void command_read_lj(lua_State *L, struct command *command)
{
    static const char *const known[] = {"cwd", "env", "max_line", "stdin", NULL};
    char shown[LONGEST_SHOWN];

    memset(command, 0, sizeof(*command));
    if (!lua_istable(L, WORDS)) {
        value_describe(L, WORDS, shown, sizeof(shown));
        luaL_error(L, COMMAND_RUN ": expected a list of words, the program first, got %s; no shell reads it",
                   shown);
    }
    options_check_lj(L, OPTIONS, COMMAND_RUN, known);
    command->request.words = read_words_lj(L);             /* words, options, vector */
    command->request.environment = read_environment_lj(L); /* words, options, vector, env, … */
    lua_getfield(L, OPTIONS, "cwd");                       /* ..., cwd */
    command->request.directory = lua_isnil(L, -1) ? NULL : check_text_lj(L, "cwd");
    lua_getfield(L, OPTIONS, "stdin"); /* ..., cwd, input */
    if (!lua_isnil(L, -1)) {
        if (lua_type(L, -1) != LUA_TSTRING) {
            value_describe(L, -1, shown, sizeof(shown));
            luaL_error(L, COMMAND_RUN ": stdin: expected a text, got %s", shown);
        }
        command->input = lua_tolstring(L, -1, &command->input_size);
        command->request.has_input = true;
    }
    find_program_lj(L, command);
}
