/*
 * fieldpath: what a field declares of its path.
 *
 * What is wrong is a finding; nothing here throws. The field owns what is compiled (fields_free).
 */
#ifndef LURE_SCRIPT_FIELDPATH_H
#define LURE_SCRIPT_FIELDPATH_H

#include "script/field.h"
#include "script/findings.h"

#include <lua.h>

/* Compiles the pointer, or the list of them, at the top into `field->path`. Stack: [path] unchanged */
void fieldpath_compile(lua_State *L, struct field *field, struct findings *findings);

/* `field->fallback`, JSON text, must be a value of the field's type, which is known. */
void fieldpath_check_default(const struct field *field, struct findings *findings);

/* An argument that the path does not use would be passed over without a word. */
void fieldpath_check_argument(const struct field *field, struct findings *findings);

#endif
