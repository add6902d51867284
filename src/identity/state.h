/*
 * state: a plugin state as hosts create, use and destroy it, for both plugin APIs.
 *
 * It joins an identity (what the host was told) and a plugin (the running script). After a failed
 * plugin_init the state still exists, so that its error can be read. The caller owns its memory, and
 * keeps it after the end, for hosts that use a state that they have destroyed.
 */
#ifndef LURE_IDENTITY_STATE_H
#define LURE_IDENTITY_STATE_H

#include "identity/reload.h"
#include "identity/stateinputs.h"
#include "plugin/eventsource.h"

#include <stdbool.h>

/*
 * Starts a state, whose memory is all zero, with the configuration `config` (JSON text; NULL or "" is {}).
 * Takes over the reference to `identity`, which may be NULL. `log` is where the host wants log lines,
 * `framework` the functions that the plugin API adds to the script.
 * `started` tells whether it runs, and plugin_error why not.
 */
void state_start(struct state *state, struct identity *identity, const char *config, struct log log,
                 struct framework framework);

/* Hot reload: swaps the script if its file has changed; see reload_check. Costs a branch if that is off. */
static inline void state_check_reload(struct state *state, const struct event *event)
{
    if (state->reload != NULL) {
        reload_check(state, event);
    }
}

/* Checks a new configuration as init does, and hands it to `set_config`. False: plugin_error says why. */
bool state_set_config(struct state *state, const char *config);

/*
 * Stops it, so that every further use of it is refused with an error, also by threads that wait for its lock.
 * Its memory stays (base/slots.h).
 */
void state_end(struct state *state);

/* Opens the event source with the host's text. `batch` is taken over; where it is NULL memory is out. NULL:
 * plugin_error says why. */
struct instance *state_open(struct state *state, const char *params, struct batch_writer *batch);

#endif
