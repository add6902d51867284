#include "script/thrown.h"

#include "event/value.h"
#include "lua/budget.h"
#include "script/timelimit.h"
#include "script/vm.h"

#include <ctype.h>
#include <lauxlib.h>
#include <string.h>

/* What the message handler's traceback begins with: 0 is what makes it, 1 the handler. */
#define TRACE_LEVEL 2

const char thrown_traceback_key = 0;

/* Pushes the position of the innermost Lua function of `thread`. Stack: [] -> [place] */
static void push_place_lj(lua_State *L, lua_State *thread, const struct vm *vm)
{
    lua_Debug info;

    if (!timelimit_place(thread, &info)) {
        lua_pushfstring(L, "%s: ", vm->source->name); /* place */
        return;
    }
    lua_pushfstring(L, "%s:%d: ", info.short_src, info.currentline); /* place */
}

/* Length of a "FILE:LINE: " at the beginning of `text`; 0 if there is none. */
static size_t position_length(const char *text, const char *name)
{
    size_t skip = strncmp(text, name, strlen(name)) == 0 ? strlen(name) : strcspn(text, " ");
    const char *colon = memchr(text, ':', skip + 1);

    while (colon != NULL && !isdigit((unsigned char)colon[1])) {
        colon = strchr(colon + 1, ':');
    }
    if (colon == NULL || colon > text + skip) {
        return 0;
    }
    colon++;
    while (isdigit((unsigned char)*colon)) {
        colon++;
    }
    return strncmp(colon, ": ", 2) == 0 ? (size_t)(colon + 2 - text) : 0;
}

/* Inserts the callback's name after the position in the text at the top, which `thread` has thrown. Stack:
 * [text] -> [text] */
static void add_callback_lj(lua_State *L, lua_State *thread, const struct vm *vm)
{
    const char *text = lua_tostring(L, -1);
    size_t place = position_length(text, vm->source->name);

    if (place == 0) {
        push_place_lj(L, thread, vm); /* text, place */
    } else {
        lua_pushlstring(L, text, place); /* text, place */
    }
    if (vm->callback != NULL) {
        lua_pushfstring(L, "%s%s: %s", lua_tostring(L, -1), vm->callback,
                        text + place); /* text, place, text */
    } else {
        lua_pushfstring(L, "%s%s", lua_tostring(L, -1), text + place); /* text, place, text */
    }
    lua_replace(L, -3); /* text, place */
    lua_pop(L, 1);      /* text */
}

/* Stack: [value] -> [text] */
static int show_lj(lua_State *L)
{
    luaL_tolstring(L, 1, NULL);
    return 1;
}

/* Converts the error at 1 to a text. A __tostring runs protected, since an error in the message handler would
 * call the handler again. That of strings is not called: while an error of the hook, which is a string,
 * propagates, no hook could stop it. Stack: [..] -> [..., text] */
static void push_thrown_lj(lua_State *L)
{
    char thrown[96], failure[96];
    int status;

    if (lua_isstring(L, 1)) {
        lua_pushvalue(L, 1); /* ..., text or number */
        lua_tostring(L, -1); /* ..., text */
        if (lua_rawlen(L, -1) > THROWN_LONGEST + 1) {
            lua_pushlstring(L, lua_tostring(L, -1), THROWN_LONGEST + 1); /* ..., text, text */
            lua_replace(L, -2);                                          /* ..., text */
        }
        return;
    }
    value_describe(L, 1, thrown, sizeof(thrown));
    if (luaL_getmetafield(L, 1, "__tostring") == LUA_TNIL) {
        lua_pushfstring(L, "threw a value that is no text (%s)", thrown); /* ..., text */
        return;
    }
    lua_pushcfunction(L, show_lj);  /* ..., show */
    lua_pushvalue(L, 1);            /* ..., show, error */
    status = lua_pcall(L, 1, 1, 0); /* ..., text */
    if (status == LUA_OK) {
        return;
    }
    if (status == LUA_ERRMEM) {
        lua_pushfstring(L, "threw a %s whose __tostring failed: " TEXT_OVER_LIMIT, thrown); /* ..., text */
    } else if (lua_isstring(L, -1)) {
        lua_pushfstring(L, "threw a %s whose __tostring failed: %s", thrown, lua_tostring(L, -1));
    } else {
        value_describe(L, -1, failure, sizeof(failure));
        lua_pushfstring(L, "threw a %s whose __tostring threw a value that is no text (%s)", thrown, failure);
    }
}

/* Stack: [text, thread] */
static int trace_lj(lua_State *L)
{
    lua_State *thread = lua_touserdata(L, 2);

    lua_settop(L, 1);
    luaL_traceback(L, thread, lua_tostring(L, 1), thread == L ? TRACE_LEVEL : 0); /* text, traceback */
    lua_rawsetp(L, LUA_REGISTRYINDEX, &thrown_traceback_key);                     /* text */
    return 0;
}

/* Keeps the traceback for the text at the top, if that takes no longer than until the next look at the clock:
 * names are sought in all modules. Stack: [..., text] unchanged */
static void keep_traceback_lj(lua_State *L, lua_State *thread, const struct vm *vm)
{
    if (vm->out_of_time) {
        budget_fill(L);
    }
    lua_pushcfunction(L, trace_lj);        /* ..., text, trace */
    lua_pushvalue(L, -2);                  /* ..., text, trace, text */
    lua_pushlightuserdata(L, thread);      /* ..., text, trace, text, thread */
    if (lua_pcall(L, 2, 0, 0) != LUA_OK) { /* ..., text, error */
        lua_pop(L, 1);                     /* ..., text */
    }
    if (vm->out_of_time) {
        budget_empty(L);
    }
}

/* Turns what `thread` has thrown into a text with its place, and keeps the traceback. Stack: [error, ...] ->
 * [..., text] */
static int describe_error_lj(lua_State *L, lua_State *thread)
{
    struct vm *vm = vm_of(L);

    push_thrown_lj(L); /* ..., text */
    value_clean_lj(L, UTF8_MESSAGE);
    if (vm->error_is_ours) {
        vm->error_is_ours = false;
        return 1;
    }
    add_callback_lj(L, thread, vm);   /* error, text */
    keep_traceback_lj(L, thread, vm); /* error, text */
    return 1;
}

int thrown_handle_lj(lua_State *L)
{
    return describe_error_lj(L, L);
}

int thrown_handle_thread_lj(lua_State *L)
{
    return describe_error_lj(L, lua_touserdata(L, 2));
}
