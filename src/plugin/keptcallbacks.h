/*
 * keptcallbacks: where the script's functions, and their arguments that are the same for every event, lie: at
 * the bottom of the vm's stack, so that a call copies them from there.
 *
 * They are collected once, when the state is made; after that only read. Callers hold the plugin state's
 * lock.
 */
#ifndef LURE_PLUGIN_KEPTCALLBACKS_H
#define LURE_PLUGIN_KEPTCALLBACKS_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

struct plugin;

/* The arguments of a field's function, in their order. */
enum { ARGUMENT_VALUE, ARGUMENT_ARG, ARGUMENT_EVENT, ARGUMENT_FIELD, ARGUMENT_COUNT };

/* The values at the bottom of the vm's stack, from extraction.kept on; behind them for each field its
 * function and the arguments that are the same for every event, enum kept_call. The payload is there once it
 * was made a string. */
enum kept {
    KEPT_OBJECT,
    KEPT_NIL,
    KEPT_PAYLOAD,
    KEPT_DECODED,
    KEPT_FOUND,
    KEPT_DECODE,
    KEPT_TO_STRING,
    KEPT_PARSE,
    KEPT_NEXT,
    KEPT_FIELDS
};

enum kept_call { CALL_FUNCTION, CALL_ARGUMENTS, CALL_SIZE = CALL_ARGUMENTS + ARGUMENT_COUNT };

/* The index among them of the function of the script's field number `field`, and of its arguments. */
static inline int keptcallbacks_function(size_t field)
{
    return KEPT_FIELDS + CALL_SIZE * (int)field;
}

static inline int keptcallbacks_argument(size_t field, int argument)
{
    return keptcallbacks_function(field) + CALL_ARGUMENTS + argument;
}

/* Collects the functions of all fields. Stack: [..., plugin table at `index`] unchanged */
void keptcallbacks_open_lj(lua_State *L, struct plugin *plugin, int index);

/* Then, outside the protected call, moves them to the bottom of the stack. False: out of memory. */
bool keptcallbacks_keep(struct plugin *plugin);

/* Pushes the event object, in a call of the state's vm. Stack: [] -> [event] */
void keptcallbacks_push_event(lua_State *L);

#endif
