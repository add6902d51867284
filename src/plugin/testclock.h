/*
 * testclock: stops the clock of a script's waits, and moves it on, for specs of `lure test`.
 *
 * While it stands, lure.sleep, time limits of waits, `every`, the interval of `async` and looks at files come
 * when the spec says so, and in their order; next_batch waits for nothing, and hands over what is there.
 * Sockets, programs, files and libcurl's own timers are as ever. Limits of the script's time are measured by
 * the system's clocks.
 *
 * Only lure_console (v3/console.h) calls these, with the plugin state's lock held.
 */
#ifndef LURE_PLUGIN_TESTCLOCK_H
#define LURE_PLUGIN_TESTCLOCK_H

#include <stdint.h>

struct plugin;

/* Moved nothing: the background thread (plugin/background.h) has yet to do what is due, so ask again. */
#define TESTCLOCK_BUSY (-1)

/* Stops it, and moves it on by so many ns, but not beyond the next deadline. Returns by how many; or
 * TESTCLOCK_BUSY.
 */
int64_t testclock_move(struct plugin *plugin, int64_t most);

/* It runs on. */
void testclock_run(struct plugin *plugin);

#endif
