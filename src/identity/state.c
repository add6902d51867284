#include "identity/state.h"

#include "base/fileidentity.h"
#include "base/text.h"
#include "hostconfig/scriptpath.h"
#include "identity/bundle.h"
#include "identity/reload.h"
#include "plugin/lifecycle.h"

#include <stdlib.h>
#include <unistd.h>

/* Reads the script that the generic identity is bound to. */
static bool bind_generic(struct state *state, const char *path, const struct limits *limits)
{
    char *problem = NULL;
    struct script_source *source = script_source_read(path, limits->trust, &problem);

    if (source == NULL) {
        state_fail(state, problem);
        return false;
    }
    state->bound = state_read_script(state, source, limits);
    script_source_release(source);
    if (state->bound == NULL || state->bound->findings.count > 0) {
        state_fail(state, state->bound != NULL ? text_copy(findings_text(&state->bound->findings)) : NULL);
        return false;
    }
    return true;
}

/* Checks that init_config.script is the script that this library runs; the generic identity is bound to it.
 */
static bool check_script(struct state *state, const char *script, const struct limits *limits)
{
    const struct identity *identity = state->identity;
    bool good = false, found = false;
    char *path = scriptpath_find(identity->base, script, &found);

    if (path == NULL) {
        state_fail(state, NULL);
    } else if (identity->generic && !found && script[0] != '/') {
        state_fail(state, scriptpath_missing(identity->base, script, NULL));
    } else if (identity->generic) {
        good = bind_generic(state, path, limits);
    } else if (bundle_exists()) {
        state_fail(state, text_format(
                              "init_config.script names \"%s\", but this library has its script packed in it "
                              "(%s); take \"script\" out of init_config",
                              script, identity->manifest->source->name));
    } else if (file_same(path, identity->manifest->source->path)) {
        good = true;
    } else {
        state_fail(
            state,
            text_format("init_config.script names \"%s\" (%s), but this library is bound to %s; a library "
                        "runs one script: copy the library, or name one script everywhere",
                        script, path, identity->manifest->source->path));
    }
    free(path);
    return good;
}

/* Removes `script` and `lure` from the configuration, and applies them. */
static bool take_own_keys(struct state *state, cJSON *config, struct limits *limits)
{
    cJSON *lure = cJSON_DetachItemFromObjectCaseSensitive(config, "lure");
    cJSON *script = cJSON_DetachItemFromObjectCaseSensitive(config, "script");
    char *problem = NULL;
    bool good = limits_read(lure, limits, &problem);

    limits->trust = limits->trust || state->identity->trusted;
    if (cJSON_GetObjectItemCaseSensitive(lure, "stderr") == NULL) {
        limits->host_log_only = state->identity->log_is_shown;
    }
    if (!good) {
        state_fail(state, problem);
    } else if (script != NULL && !cJSON_IsString(script)) {
        state_fail(state, text_format("init_config.script: expected the path of a Lua script"));
        good = false;
    } else if (script != NULL) {
        good = check_script(state, script->valuestring, limits);
    } else if (state->identity->generic) {
        state_fail(
            state,
            text_format(
                "no script: name one in init_config.script, or in the environment variable LURE_SCRIPT"));
        good = false;
    }
    cJSON_Delete(lure);
    cJSON_Delete(script);
    return good;
}

/* Begins to watch the script's files, if hot reload is on. */
static bool begin_reloads(struct state *state, const char *text)
{
    if (state->plugin.limits.reload > 0 && !reload_begin(state, text)) {
        state_fail(state, NULL);
        return false;
    }
    return true;
}

/* False: plugin_error says why. */
static bool run(struct state *state, const char *text)
{
    struct limits limits = limits_default();
    const struct manifest *script;
    cJSON *config = state_parse_config(state, state->identity->manifest, text, "init_config");

    bool started = false;

    if (config == NULL) {
        return false;
    }
    if (take_own_keys(state, config, &limits)) {
        script = state->bound != NULL ? state->bound : state->identity->manifest;
        if (state_fit_config(state, script, config)) {
            started = plugin_start(&state->plugin, state->identity->manifest, script, limits, config);
            limits.path = NULL; /* they are the plugin's now */
            limits.env = NULL;
            limits.state = NULL;
            started = started && begin_reloads(state, text);
        }
    }
    limits_free(&limits);
    cJSON_Delete(config);
    return started;
}

void state_start(struct state *state, struct identity *identity, const char *config, struct log log,
                 struct framework framework)
{
    state->identity = identity;
    state->plugin.log = log;
    state->plugin.framework = framework;
    state->plugin.log.least = LOG_LEVEL_INFO;
    if (identity == NULL || identity->manifest == NULL) {
        state_fail(state, text_copy(identity != NULL ? identity->problem : NULL));
        return;
    }
    state->plugin.log.component = identity->manifest->name;
    __atomic_store_n(&state->started, run(state, config), __ATOMIC_RELEASE);
}

bool state_set_config(struct state *state, const char *text)
{
    struct limits limits = limits_default();
    char *kept = NULL;
    bool done = false;
    cJSON *config = state_parse_config(state, state->identity->manifest, text, "config");

    if (config == NULL) {
        return false;
    }
    if (state->reload != NULL && (kept = text_copy(text != NULL ? text : "")) == NULL) {
        state_fail(state, NULL);
    } else if (take_own_keys(state, config, &limits)) {
        done = state_check_config(state, state->plugin.script, config) &&
               plugin_configure(&state->plugin, config);
    }
    if (done && state->reload != NULL) {
        reload_keep_config(state->reload, kept);
    } else {
        free(kept);
    }
    limits_free(&limits);
    cJSON_Delete(config);
    return done;
}

void state_end(struct state *state)
{
    struct plugin *plugin = &state->plugin;

    fairlock_enter(&plugin->lock); /* who waits for it now finds that nothing is started */
    __atomic_store_n(&state->started, false, __ATOMIC_RELAXED);
    while (plugin->lock.on && eventsource_is_filling(plugin)) { /* it waits for events, without the lock */
        fairlock_leave(&plugin->lock);
        usleep(1000);
        fairlock_enter(&plugin->lock);
    }
    fairlock_leave(&plugin->lock);
    background_stop(plugin);
    plugin_stop(plugin);
    reload_end(state->reload);
    state->reload = NULL;
    manifest_free(state->bound);
    state->bound = NULL;
    identity_release(state->identity);
    state->identity = NULL;
    plugin_fail_plain(plugin, "the plugin state was destroyed");
}

struct instance *state_open(struct state *state, const char *params, struct batch_writer *batch)
{
    struct instance *instance;
    cJSON *object;

    if (batch == NULL) {
        state_fail(state, NULL);
        return NULL;
    }
    if (!state->started || !manifest_is_source(state->plugin.script)) {
        state_fail(state,
                   text_format(state->started ? "the script is no event source: it has neither open nor next"
                                              : "the plugin is not initialised"));
        batch->free(batch);
        return NULL;
    }
    object = state_read_params(state, params);
    if (object == NULL) {
        batch->free(batch);
        return NULL;
    }
    instance = eventsource_open(&state->plugin, batch, object, params);
    cJSON_Delete(object);
    return instance;
}
