/*
 * lifecycle: starts, configures and stops the script of a plugin state.
 *
 * The caller holds the state's lock, where it has one.
 */
#ifndef LURE_PLUGIN_LIFECYCLE_H
#define LURE_PLUGIN_LIFECYCLE_H

#include "plugin/plugin.h"

#include <cJSON.h>
#include <stdbool.h>

/*
 * Runs the script and its `init` with `config` (an object; not kept). `limits` are taken over.
 * False: plugin_error says why. plugin_stop must be called in both cases.
 */
bool plugin_start(struct plugin *plugin, const struct manifest *manifest, const struct manifest *script,
                  struct limits limits, const cJSON *config);

/* The host is about to use the state: tasks that `init` has spawned run from now on. */
void plugin_begin(struct plugin *plugin);

/* True if tasks are left that `init` has spawned. */
bool plugin_has_spawned(const struct plugin *plugin);

/*
 * The part of plugin_start that a reload repeats: runs the script and its `init` in a new Lua state. The
 * plugin has no script before (plugin_put_aside). False: plugin_error says why; plugin_end must be called in
 * both cases.
 */
bool plugin_run(struct plugin *plugin, const struct manifest *manifest, const struct manifest *script,
                const cJSON *config);

/* Calls `destroy` if `init` had succeeded, and closes the Lua state. The background thread does not run. */
void plugin_end(struct plugin *plugin);

/* Puts the script that runs aside: the plugin has none then. Not while a call runs. */
void plugin_put_aside(struct plugin *plugin, struct running *to);

/* And back; the plugin has none before. */
void plugin_put_back(struct plugin *plugin, struct running *from);

/* Closes the instances that are left, calls `destroy` if `init` had succeeded, and gives all memory back. All
 * zero is a stopped plugin. */
void plugin_stop(struct plugin *plugin);

/* The script was left half way through a call: nothing of it is called any more, not even by plugin_stop. */
void plugin_abandon(struct plugin *plugin);

/* From now on keeps what each callback and each field uses. False: out of memory. */
bool plugin_profile(struct plugin *plugin);

/* Hands a new configuration (an object; not kept) to the script's `set_config`. False: plugin_error says why.
 */
bool plugin_configure(struct plugin *plugin, const cJSON *config);

/* The suggestions for open as JSON text; NULL: failed, plugin_error says why. */
const char *plugin_open_params(struct plugin *plugin);

#endif
