/*
 * scriptswap: replaces the script of a plugin state by another while the host runs (hot reload).
 *
 * The new one gets a Lua state of its own, in which its top level, `init` and `reload` run
 * while the old one is still complete. Then each instance is closed in the old state and
 * opened in the new one, in this order, because many sources can be open only once (a port,
 * a lock). If a step fails the old script continues: unchanged, or, where the
 * new `open` has failed, with its instances opened again.
 *
 * The host notices nothing: batches, and payloads that wait for the next one, stay.
 */
#ifndef LURE_PLUGIN_SCRIPTSWAP_H
#define LURE_PLUGIN_SCRIPTSWAP_H

#include "plugin/plugin.h"

#include <cJSON.h>
#include <stdbool.h>

struct swap {
    const struct manifest *manifest,
        *script; /* as in plugin_start (lifecycle.h); must live as long as they run */
    const cJSON *config;
    /* The host's text of open parameters as the script that runs wants it. NULL: plugin_error says why. */
    cJSON *(*read_params)(void *owner, const char *text);
    void *owner;
};

/* False while an instance is being opened or its batch filled, or while another thread of the host's waits
 * for tasks. */
bool scriptswap_is_possible(const struct plugin *plugin);

/*
 * Swaps the scripts; the caller holds the lock. False: the old one goes on, and `*problem` is a text that
 * the caller frees (NULL: out of memory).
 */
bool scriptswap_try(struct plugin *plugin, const struct swap *swap, char **problem);

#endif
