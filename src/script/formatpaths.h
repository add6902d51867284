/*
 * formatpaths: makes what a script declares of its format and of its paths fit together: columns get their
 * names (format_name_columns), and paths that never find anything in the format are findings.
 */
#ifndef LURE_SCRIPT_FORMATPATHS_H
#define LURE_SCRIPT_FORMATPATHS_H

#include "script/manifest.h"

/* False: out of memory. */
bool formatpaths_finish(struct manifest *manifest);

#endif
