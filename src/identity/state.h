/*
 * state: a plugin state as hosts make, use and destroy it, whatever the plugin API.
 *
 * Joins an identity (what the host was told) and a plugin (what runs). A state exists also
 * after a failed init, so that its error can be read.
 */
#ifndef LURE_IDENTITY_STATE_H
#define LURE_IDENTITY_STATE_H

#include "identity/identity.h"
#include "identity/reload.h"
#include "plugin/plugin.h"
#include "plugin/sourcing.h"

#include <stdbool.h>

struct state {
    struct plugin plugin;
    struct identity *identity;
    struct manifest *bound; /* what runs where that is not the identity's: of the script that
                             * init_config.script binds the generic identity to, or of a reload; or NULL */
    struct reload *reload;  /* NULL: init_config.lure.reload is off */
    bool started;
};

/*
 * A new state with the configuration `config` (JSON text; NULL or "" is {}). Takes over the
 * reference to `identity`, which may be NULL. `log` is where the host wants log lines, `framework`
 * what the plugin API adds to the script's world.
 * NULL: out of memory; else `started` tells whether it runs, and plugin_error why not.
 */
struct state *state_new(struct identity *identity, const char *config, struct log log,
                        struct framework framework);

/* Swaps the script if its file has changed; see reload_look. Costs a branch where that is off. */
static inline void state_look(struct state *state, const struct event *event)
{
    if (state->reload != NULL) {
        reload_look(state, event);
    }
}

/* Checks a new configuration as init does, and hands it to `set_config`. False: plugin_error says why. */
bool state_set_config(struct state *state, const char *config);

/* Reads a script that is to run in this state. What is wrong with it is in its findings. NULL: out of memory.
 */
struct manifest *state_read_script(struct state *state, struct source *source, const struct limits *limits);

/* The configuration as `script` wants it, from the host's text. NULL: plugin_error says why. */
cJSON *state_read_config(struct state *state, const struct manifest *script, const char *text);

/* The open parameters as the script that runs wants them, from the host's text. NULL: plugin_error says why.
 */
cJSON *state_read_params(struct state *state, const char *text);

/* Stops and frees it. NULL is allowed. */
void state_free(struct state *state);

/* Opens the event source with the host's text. `batch` is taken over; where it is NULL memory is out. NULL:
 * plugin_error says why. */
struct instance *state_open(struct state *state, const char *params, struct batch_writer *batch);

#endif
