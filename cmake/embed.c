/*
 * embed: writes a C file with Lua files as bytes (lure_embedded.h); a program of the build.
 *
 *   embed OUTPUT DIRECTORY AS_TEXT FILE...
 *
 * FILE is a path below DIRECTORY. The bytes are what Lua compiles the file to, which loads in an eighth of
 * the time; of the module AS_TEXT, which is sent to other Lua states, its source. They are for the machine
 * that this program runs on.
 */
#include <lauxlib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void fail(const char *what, const char *why)
{
    fprintf(stderr, "embed: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

/* A lua_Writer, as Lua wants it. */
static int write_bytes(lua_State *L, const void *bytes, size_t length, void *output)
{
    const unsigned char *byte = bytes;

    (void)L;
    for (size_t i = 0; i < length; i++) {
        fprintf(output, "%d,", byte[i]);
    }
    return 0;
}

/* "lure/cli/new.lua" is the module "lure.cli.new". Stack: [] -> [name] */
static const char *push_name(lua_State *L, const char *file)
{
    lua_pushlstring(L, file, strlen(file) - strlen(".lua")); /* path */
    luaL_gsub(L, lua_tostring(L, -1), "/", ".");             /* path, name */
    lua_remove(L, -2);                                       /* name */
    return lua_tostring(L, -1);
}

/* Stack: [] -> [text] */
static const char *push_text(lua_State *L, const char *path, size_t *length)
{
    FILE *input = fopen(path, "rb");
    luaL_Buffer text;
    size_t got;

    if (input == NULL) {
        fail(path, "cannot be read");
    }
    luaL_buffinit(L, &text);
    do {
        got = fread(luaL_prepbuffer(&text), 1, LUAL_BUFFERSIZE, input);
        luaL_addsize(&text, got);
    } while (got > 0);
    fclose(input);
    luaL_pushresult(&text); /* text */
    return lua_tolstring(L, -1, length);
}

static void embed(lua_State *L, FILE *output, const char *path, const char *name, bool as_text)
{
    size_t length;
    const char *text = push_text(L, path, &length); /* text */

    if (as_text) {
        write_bytes(L, text, length, output);
        return;
    }
    lua_pushfstring(L, "=%s", name); /* text, chunk */
    if (luaL_loadbufferx(L, text, length, lua_tostring(L, -1), "t") != LUA_OK) {
        fail(path, lua_tostring(L, -1));
    }
    lua_dump(L, write_bytes, output, 0); /* text, chunk, function */
}

int main(int argc, char **argv)
{
    FILE *output = argc > 3 ? fopen(argv[1], "wb") : NULL;
    lua_State *L = luaL_newstate();

    if (output == NULL || L == NULL) {
        fail(argc > 1 ? argv[1] : "OUTPUT", "cannot be written");
    }
    fputs("#include \"lure_embedded.h\"\n\n", output);
    for (int i = 4; i < argc; i++) {
        const char *name = push_name(L, argv[i]);                         /* name */
        const char *path = lua_pushfstring(L, "%s/%s", argv[2], argv[i]); /* name, path */

        fprintf(output, "static const unsigned char module_%d[] = {", i);
        embed(L, output, path, name, strcmp(name, argv[3]) == 0);
        fputs("};\n", output);
        lua_settop(L, 0); /* */
    }
    fputs("\nconst struct embedded_module embedded_modules[] = {\n", output);
    for (int i = 4; i < argc; i++) {
        fprintf(output, "    {\"%s\", module_%d, sizeof(module_%d)},\n", push_name(L, argv[i]), i, i);
        lua_settop(L, 0); /* */
    }
    fputs("    {NULL, NULL, 0},\n};\n", output);
    if (ferror(output) || fclose(output) != 0) {
        fail(argv[1], "cannot be written");
    }
    lua_close(L);
    return EXIT_SUCCESS;
}
