/*
 * keptstate: lure.state, and where a plugin state keeps it and the cursors of its event sources.
 *
 * What a script sets is written when the host asks for the next batch, so it is never newer than what the
 * host has taken; without an open event source at once. Problems are logged; the script goes on.
 *
 * Callers hold the plugin state's lock.
 */
#ifndef LURE_PLUGIN_KEPTSTATE_H
#define LURE_PLUGIN_KEPTSTATE_H

#include <lua.h>
#include <stdbool.h>

struct plugin;

/* Finds the directory (plugin->place). False: out of memory. */
bool keptstate_prepare(struct plugin *plugin);

/* Gives the module its lure.state, before the script runs. Stack: [] -> [] */
void keptstate_open_lj(lua_State *L, struct plugin *plugin);

/* The host has taken what was delivered: writes what has changed. */
void keptstate_commit(struct plugin *plugin);

/* The same, and waits until it is on the disk. */
void keptstate_close(struct plugin *plugin);

#endif
