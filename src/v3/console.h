/*
 * v3/console: requests of the program lure to a plugin state, beyond the plugin API.
 *
 * An exported function, lure_console, which hosts do not know. `request` is one of
 *
 *   "profile"   starts to count calls, errors and time of each callback and each field
 *   "uses"      returns the counts, one line each:
 *               KIND TAB NAME TAB CALLS TAB ERRORS TAB NANOSECONDS
 *               KIND is "callback" or "field"; what was never called is left out
 *   "files"     returns the files that script and modules were read from, one per line
 *   "clock"     stops the clock of the script's waits and moves it on (plugin/testclock.h): by `text`, ns,
 * but not beyond the next deadline; returns by how many, or "busy". "run": it runs on "load"      runs
 * `text`, Lua, inside the script's own Lua state (so in its sandbox, under its limits); its arguments are the
 * table that the script returned and a function upvalue(function, number) -> name, value; it returns a
 * function "call"      calls that function with `text` and `event` (nil without one), and returns the string
 * that it returns "reason"    returns why the field `text`, NAME or NAME[ARGUMENT], which has a path, has no
 * value in `event`: "missing", "misfit" or, of an event that is none of the plugin's, "other", a space, and
 * an explanation (json/pathreason.h); empty if no reason is known
 *
 * The result is valid until the next request. NULL: `rc` is SS_PLUGIN_NOT_SUPPORTED for an unknown request,
 * or else get_last_error says why.
 */
#ifndef LURE_V3_CONSOLE_H
#define LURE_V3_CONSOLE_H

#include "v3/abi.h"

typedef const char *lure_console_fn(ss_plugin_t *s, const char *request, const char *text,
                                    const ss_plugin_event_input *event, ss_plugin_rc *rc);

__attribute__((visibility("default"))) lure_console_fn lure_console;

#endif
