/*
 * formatpaths: makes what a script declares of its format and of its paths fit together: columns get their
 * names (format_name_columns), and paths that never find anything in the format are findings.
 */
#ifndef LURE_SCRIPT_FORMATPATHS_H
#define LURE_SCRIPT_FORMATPATHS_H

#include "script/manifest.h"

/* Throws where memory or time is out. Stack: unchanged */
void formatpaths_finish_lj(lua_State *L, struct manifest *manifest);

#endif
