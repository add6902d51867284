/*
 * fieldresults: converts what a field's function returned to the field's value: its type is checked.
 *
 * Values go to the event's pool in the layout of the plugin API. A result of the wrong type is an
 * error that names the field.
 */
#ifndef LURE_PLUGIN_FIELDRESULTS_H
#define LURE_PLUGIN_FIELDRESULTS_H

#include "lua/eval.h"
#include "plugin/fieldcache.h"
#include "script/field.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

struct plugin;

/* The extraction of a field by a call of its function. */
struct field_call {
    struct plugin *plugin;
    size_t number;
    const struct field *field;
    const struct argument *argument;
    const struct value *found; /* what its path has found; or NULL: the decoded value is for it */
    struct value *value;       /* the result */
};

/* Takes what most functions return: one value, or nil. False: it is something else. Never throws.
 * Stack: [value, message or offset, length] unchanged */
bool fieldresults_plain(lua_State *L, const struct field_call *call);

/* The same for what a function returned that was not called (lua/eval.h). */
bool fieldresults_eval(const struct eval_value *result, const struct field *field, struct pool *pool,
                       struct value *value);

/* The same as a cell: VALUE_PRESENT, VALUE_ABSENT, or, where it is not taken, VALUE_UNKNOWN. */
enum value_outcome fieldresults_cell(const struct eval_value *result, const struct field_type *type,
                                     struct pool *pool, void *cell);

/* A text as a cell. False: it is none of the type, or memory is out. */
bool fieldresults_text(const struct eval_text *text, const struct field_type *type, struct pool *pool,
                       void *cell);

/* False: fieldresults_eval takes nothing of this field. */
bool fieldresults_can_eval(const struct field *field, enum abi api);

/* Takes whatever it is, or throws. Stack: [call, function, value, message or offset, length] */
int fieldresults_any_lj(lua_State *L);

#endif
