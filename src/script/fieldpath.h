/*
 * fieldpath: reads and checks the `path` of a field, one or more JSON Pointers.
 *
 * Errors are findings; nothing here throws. The field owns the compiled paths (fields_free).
 */
#ifndef LURE_SCRIPT_FIELDPATH_H
#define LURE_SCRIPT_FIELDPATH_H

#include "script/field.h"
#include "script/findings.h"

#include <lua.h>

/* Compiles the pointer, or the list of them, at the top into `field->path`. Stack: [path] unchanged */
void fieldpath_compile_lj(lua_State *L, struct field *field, struct findings *findings);

/* Checks that `field->fallback`, JSON text, is a value of the field's type. */
void fieldpath_check_default(const struct field *field, struct findings *findings);

/* Checks that the path uses the field's argument, which would otherwise silently be ignored. */
void fieldpath_check_argument(const struct field *field, struct findings *findings);

#endif
