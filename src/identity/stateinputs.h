/*
 * stateinputs: reads and checks what a plugin state gets from the host and its script: the script's file,
 * the configuration, the open parameters.
 *
 * An error is kept as the state's last error. The caller frees the results.
 */
#ifndef LURE_IDENTITY_STATEINPUTS_H
#define LURE_IDENTITY_STATEINPUTS_H

#include "identity/identity.h"
#include "plugin/plugin.h"

#include <cJSON.h>
#include <stdbool.h>

struct reload;

struct state {
    struct plugin plugin;
    struct identity *identity;
    struct manifest *bound; /* what runs where that is not the identity's: of the script that
                             * init_config.script binds the generic identity to, or of a reload; or NULL */
    struct reload *reload;  /* NULL: init_config.lure.reload is off */
    bool started;
};

/* Takes over `problem` (NULL: out of memory) as the last error. */
void state_fail(struct state *state, char *problem);

/* Reads the manifest of a script that is to run in this state; errors are in its findings. NULL: out of
 * memory. */
struct manifest *state_read_script(struct state *state, struct script_source *source,
                                   const struct limits *limits);

/* Parses a configuration's text as JSON, without checks; NULL and "" are {}. `what` is its name in messages.
 * NULL: plugin_error says why. */
cJSON *state_parse_config(struct state *state, const struct manifest *script, const char *text,
                          const char *what);

/* Checks it against what the script declares, and fills in defaults. False: plugin_error says why. */
bool state_check_config(struct state *state, const struct manifest *script, cJSON *config);

/* The same for the host's init_config, after values that the host has converted are restored. */
bool state_fit_config(struct state *state, const struct manifest *script, cJSON *config);

/* The host's text as a configuration that is valid for `script`. NULL: plugin_error says why. */
cJSON *state_read_config(struct state *state, const struct manifest *script, const char *text);

/* The host's text as open parameters that are valid for the running script. NULL: plugin_error says why. */
cJSON *state_read_params(struct state *state, const char *text);

#endif
