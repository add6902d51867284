/*
 * fieldpath: reads and checks what a field declares of its paths (json/pathrecipe.h), and compiles them.
 *
 * Errors are findings. The functions that read may throw where memory is out; the field owns what they have
 * read (fields_free).
 */
#ifndef LURE_SCRIPT_FIELDPATH_H
#define LURE_SCRIPT_FIELDPATH_H

#include "script/field.h"
#include "script/findings.h"

#include <lua.h>

/* Reads `path` at the top: a path, a list of them, or lure.ARG. Stack: [path] unchanged */
void fieldpath_read_lj(lua_State *L, struct field *field, struct findings *findings);

/* Reads the table `where` at the top. Stack: [conditions] unchanged */
void fieldpath_read_where_lj(lua_State *L, struct field *field, struct findings *findings);

/* Reads the path of a default at the top. Stack: [pointer] unchanged */
void fieldpath_read_default_lj(lua_State *L, struct field *field);

/* Compiles what was read into `field->path`; where it depends on the argument it is only tried. */
void fieldpath_build(struct field *field, struct findings *findings);

/* Reads and compiles the plugin's `when` at the top: a JSON Pointer, or a list of them. NULL: there is a
 * finding. Stack: [when] unchanged */
struct paths *fieldpath_read_when_lj(lua_State *L, struct findings *findings);

/* Checks that JSON text, the value of the key `key`, is a value of the field's type. */
void fieldpath_check_constant(const struct field *field, const char *key, const char *text,
                              struct findings *findings);

/* Checks what was read: that nothing is ignored. */
void fieldpath_check(const struct field *field, struct findings *findings);

#endif
