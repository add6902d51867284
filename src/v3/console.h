/*
 * console: what the program lure asks beyond the plugin API.
 *
 * One exported function, lure_console; hosts know nothing of it. `request` is one of
 *
 *   "profile"   from now on count what each callback and each field uses
 *   "uses"      answers it, a line each: KIND TAB NAME TAB CALLS TAB ERRORS TAB NANOSECONDS,
 *               where KIND is "callback" or "field"; what was never called is left out
 *   "files"     answers the files that script and modules were read from, a line each
 *   "load"      runs `text`, Lua, inside the script's own state (so in its sandbox, and under
 *               its limits), with the table that the script returned and a function
 *               upvalue(function, number) -> name, value; what it returns is a function
 *   "call"      calls that function with `text` and `event` (nil without one), and answers
 *               the string that it returns
 *   "reason"    answers why the field `text`, NAME or NAME[ARGUMENT], which has a path, has no value in
 *               `event`: "missing" or "misfit", a space, and a line for people (json/pathreason.h);
 *               nothing where no reason is known
 *
 * The answer stays until the next one. NULL: `rc` is SS_PLUGIN_NOT_SUPPORTED for another
 * request, or else get_last_error says why.
 */
#ifndef LURE_V3_CONSOLE_H
#define LURE_V3_CONSOLE_H

#include "v3/abi.h"

typedef const char *lure_console_fn(ss_plugin_t *s, const char *request, const char *text,
                                    const ss_plugin_event_input *event, ss_plugin_rc *rc);

__attribute__((visibility("default"))) lure_console_fn lure_console;

#endif
