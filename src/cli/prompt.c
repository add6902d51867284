#include "cli/prompt.h"

#include "cli/system.h"

#include <dlfcn.h>
#include <lauxlib.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Milliseconds between two checks for a signal, which may come just before the wait. */
#define PATIENCE 50

/* Word separators for completion, which is for names with dots and colons. */
#define BREAKS " \t\n\"'`$><=;|&{}()[]+-*/%^#~,"

typedef char **completion_fn(const char *word, int begin, int end);
typedef char *generator_fn(const char *word, int state);

/* The functions and variables that are used of the library, under readline's names, which libedit has too. */
static struct {
    void (*install)(const char *text, void (*take)(char *line));
    void (*read_char)(void);
    void (*remove)(void);
    void (*add_history)(const char *line);
    char **(*matches)(const char *word, generator_fn *generator);
    completion_fn **complete;
    char **buffer;            /* the line so far */
    int *over;                /* no names of files where there is nothing to complete */
    int *append;              /* what is put behind a whole word */
    int *catch_signals;       /* of its own; may be missing */
    const char **word_breaks; /* may be missing */
} editor;

/* Of the line that is being read. */
static struct {
    lua_State *L; /* where `complete` is called */
    bool done;
    char *line;        /* NULL: the end */
    char **candidates; /* ended by NULL */
} reading;

static const char complete_key = 0; /* in the registry: the function `complete` */

static void take_line(char *line)
{
    reading.line = line;
    reading.done = true;
    editor.remove();
}

static void free_candidates(void)
{
    for (char **at = reading.candidates; at != NULL && *at != NULL; at++) {
        free(*at);
    }
    free(reading.candidates);
    reading.candidates = NULL;
}

/* Stack: [word, begin] -> [list] */
static int ask_lj(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &complete_key); /* word, begin, complete */
    lua_pushstring(L, *editor.buffer);                /* word, begin, complete, line */
    lua_pushvalue(L, 2);                              /* word, begin, complete, line, begin */
    lua_pushvalue(L, 1);                              /* word, begin, complete, line, begin, word */
    lua_call(L, 3, 1);                                /* word, begin, list */
    luaL_checktype(L, -1, LUA_TTABLE);
    return 1;
}

/* Copies the list at the top; the library frees the copies. */
static void keep_candidates(lua_State *L)
{
    size_t count = lua_rawlen(L, -1), kept = 0;

    reading.candidates = calloc(count + 1, sizeof(char *));
    for (size_t i = 1; reading.candidates != NULL && i <= count; i++) {
        lua_rawgeti(L, -1, (lua_Integer)i); /* list, word */
        if (lua_type(L, -1) == LUA_TSTRING) {
            reading.candidates[kept] = strdup(lua_tostring(L, -1));
            kept += reading.candidates[kept] != NULL;
        }
        lua_pop(L, 1); /* list */
    }
}

static char *next_candidate(const char *word, int state)
{
    static size_t at;

    (void)word;
    at = state == 0 ? 0 : at;
    if (reading.candidates == NULL || reading.candidates[at] == NULL) {
        return NULL;
    }
    return strdup(reading.candidates[at++]);
}

/* Called by the library: nothing here may throw. */
static char **complete(const char *word, int begin, int end)
{
    lua_State *L = reading.L;
    char **matches = NULL;
    int top = lua_gettop(L);

    (void)end;
    *editor.over = 1;
    *editor.append = '\0';
    if (lua_checkstack(L, 8)) {
        lua_pushcfunction(L, ask_lj); /* ask */
        lua_pushstring(L, word);      /* ask, word */
        lua_pushinteger(L, begin);    /* ask, word, begin */
        if (lua_pcall(L, 2, 1, 0) == LUA_OK) {
            keep_candidates(L);
            matches = editor.matches(word, next_candidate);
            free_candidates();
        }
    }
    lua_settop(L, top);
    return matches;
}

/* Looks up all symbols. False: the library lacks a required one. */
static bool find_all(void *library)
{
    const struct {
        void *to;
        const char *name;
        bool needed;
    } symbols[] = {
        {&editor.install, "rl_callback_handler_install", true},
        {&editor.read_char, "rl_callback_read_char", true},
        {&editor.remove, "rl_callback_handler_remove", true},
        {&editor.add_history, "add_history", true},
        {&editor.matches, "rl_completion_matches", true},
        {&editor.complete, "rl_attempted_completion_function", true},
        {&editor.buffer, "rl_line_buffer", true},
        {&editor.over, "rl_attempted_completion_over", true},
        {&editor.append, "rl_completion_append_character", true},
        {&editor.catch_signals, "rl_catch_signals", false},
        {&editor.word_breaks, "rl_basic_word_break_characters", false},
    };

    for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
        void *address = dlsym(library, symbols[i].name);

        if (address == NULL && symbols[i].needed) {
            return false;
        }
        memcpy(symbols[i].to, &address, sizeof(address));
    }
    return true;
}

static bool find_library(void)
{
    static const char *const names[] = {"libreadline.so.8", "libreadline.so.7", "libedit.so.2"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);

        if (library != NULL && find_all(library)) {
            return true;
        }
        if (library != NULL) {
            dlclose(library);
        }
    }
    return false;
}

static int open_lj(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    if (!find_library()) {
        lua_pushboolean(L, false); /* complete, false */
        return 1;
    }
    lua_pushvalue(L, 1);                              /* complete, complete */
    lua_rawsetp(L, LUA_REGISTRYINDEX, &complete_key); /* complete */
    *editor.complete = complete;
    if (editor.catch_signals != NULL) {
        *editor.catch_signals = 0;
    }
    if (editor.word_breaks != NULL) {
        *editor.word_breaks = BREAKS;
    }
    lua_pushboolean(L, true); /* complete, true */
    return 1;
}

static int read_lj(lua_State *L)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

    reading.L = L;
    reading.done = false;
    reading.line = NULL;
    editor.install(luaL_checkstring(L, 1), take_line);
    while (!reading.done && process_signal() == 0) {
        if (poll(&input, 1, PATIENCE) > 0) {
            editor.read_char();
        }
    }
    if (!reading.done) {
        editor.remove();
    }
    if (reading.line == NULL) {
        putchar('\n');
        return 0;
    }
    if (reading.line[0] != '\0') {
        editor.add_history(reading.line);
    }
    lua_pushstring(L, reading.line); /* text, line */
    free(reading.line);
    reading.line = NULL;
    return 1;
}

LUAMOD_API int luaopen_lure_prompt(lua_State *L)
{
    static const luaL_Reg functions[] = {{"open", open_lj}, {"read", read_lj}, {NULL, NULL}};

    luaL_newlib(L, functions); /* module */
    return 1;
}
