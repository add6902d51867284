/*
 * thrown: turns what Lua code has thrown, a value of any type, into a text with its place and the callback,
 * and keeps the traceback.
 *
 * Runs inside of protected calls of the state's vm, as their message handler. Nothing in it lets a script's
 * __tostring run past the time limit or throw. Whoever ends the call takes the text from the stack, and the
 * traceback from the registry (vm.c).
 */
#ifndef LURE_SCRIPT_THROWN_H
#define LURE_SCRIPT_THROWN_H

#include <lua.h>

/* Bytes of an error, or of its traceback, that are kept. */
#define THROWN_LONGEST (64u * 1024u)

/* The registry key of the traceback: its address. Nil: there is none. */
extern const char thrown_traceback_key;

/* The message handler. Stack: [error] -> [text] */
int thrown_handle_lj(lua_State *L);

/* The same for an error that a coroutine has ended with. Stack: [error, coroutine] -> [text] */
int thrown_handle_thread_lj(lua_State *L);

#endif
