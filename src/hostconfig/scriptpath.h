/*
 * scriptpath: resolves the script's path in init_config to an absolute path.
 *
 * A relative path is looked for in the directory of the file that contains it, then in the directory of
 * scripts (SCRIPTPATH_DIRECTORY): Falco reads each file of /etc/falco/config.d as YAML, so a script cannot be
 * there. White space around the path is ignored, since a YAML block (`script: >`) ends with a line break.
 */
#ifndef LURE_HOSTCONFIG_SCRIPTPATH_H
#define LURE_HOSTCONFIG_SCRIPTPATH_H

#include <stdbool.h>

#define SCRIPTPATH_DIRECTORY "/etc/falco/lure"

/* The script's absolute path; if it exists nowhere (`*found` is false), the one in the directory `base`. The
 * caller frees it. NULL: out of memory. */
char *scriptpath_find(const char *base, const char *name, bool *found);

/* "script "x.lua" found neither beside falco.yaml (/etc/x.lua) nor in /etc/falco/lure; ...": for a name that
 * was not found. `beside` is the file that names it; NULL: none, `base` is the working directory. The caller
 * frees it. NULL: out of memory. */
char *scriptpath_missing(const char *base, const char *name, const char *beside);

#endif
