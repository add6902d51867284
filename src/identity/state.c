#include "identity/state.h"

#include "base/file.h"
#include "base/text.h"
#include "hostconfig/scriptpath.h"
#include "hostconfig/written.h"
#include "identity/bundle.h"
#include "identity/properties.h"
#include "identity/schema.h"
#include "json/json_parse.h"

#include <stdlib.h>
#include <string.h>

/* Takes over `problem` (NULL: out of memory) as the last error. */
static void fail(struct state *state, char *problem)
{
    plugin_fail(&state->plugin, problem != NULL ? problem : TEXT_NO_MEMORY);
    free(problem);
}

/* "dummy.lua:9: problem", with the line where `key` stands. Takes over `problem`. */
static char *place(const struct manifest *manifest, enum script_key key, char *problem)
{
    struct findings findings = {.source = manifest->source};

    if (problem == NULL) {
        return NULL;
    }
    findings_add(&findings, manifest->has[key] ? script_keys[key].name : NULL, "%s", problem);
    free(problem);
    return findings.text;
}

/* Reads the text as JSON; NULL and "" are {}. NULL: `*problem` says why (itself NULL: out of memory). */
static cJSON *parse_object(const char *text, const char *what, char **problem)
{
    size_t fault = 0;
    cJSON *object;

    *problem = NULL;
    if (text == NULL || text[strspn(text, " \t\r\n")] == '\0') {
        return cJSON_CreateObject();
    }
    object = json_parse(text, &fault);
    if (object != NULL && !json_keep_last(object)) {
        cJSON_Delete(object);
        return NULL;
    }
    if (cJSON_IsObject(object)) {
        return object;
    }
    if (object != NULL) {
        *problem = text_format("%s: expected a JSON object", what);
    } else {
        *problem = text_format("%s: expected JSON; cannot be read from byte %zu on", what, fault);
    }
    cJSON_Delete(object);
    return NULL;
}

/* What hosts have to know of before init cannot be bound in it. */
static void refuse_unbindable(struct manifest *bound)
{
    for (int key = 0; key < KEY_COUNT; key++) {
        if (script_keys[key].early && bound->has[key]) {
            findings_add(
                &bound->findings, script_keys[key].name,
                "%s: hosts ask for it before init, and so before init_config.script is known here; name the "
                "script where the library finds it when it is loaded (docs/falco.md: Where lure "
                "looks for the script)",
                script_keys[key].name);
        }
    }
    if (bound->used.count > 0) {
        findings_add(&bound->findings, bound->used.items[0]->name,
                     "lure.table(\"%s\"): cannot be bound in init; name the script where the library finds "
                     "it when it is "
                     "loaded",
                     bound->used.items[0]->name);
    }
}

struct manifest *state_read_script(struct state *state, struct source *source, const struct limits *limits)
{
    struct manifest *manifest = manifest_read(source, state->identity->api, limits, &state->plugin.log);

    if (manifest != NULL) {
        properties_check(manifest);
    }
    if (manifest != NULL && state->identity->generic) {
        refuse_unbindable(manifest);
    }
    return manifest;
}

/* Reads the script that the generic identity is bound to. */
static bool bind_generic(struct state *state, const char *path, const struct limits *limits)
{
    char *problem = NULL;
    struct source *source = source_read(path, limits->trust, &problem);

    if (source == NULL) {
        fail(state, problem);
        return false;
    }
    state->bound = state_read_script(state, source, limits);
    source_release(source);
    if (state->bound == NULL || state->bound->findings.count > 0) {
        fail(state, state->bound != NULL ? text_copy(findings_text(&state->bound->findings)) : NULL);
        return false;
    }
    return true;
}

/* What init_config.script says must be what this library is bound to. */
static bool check_script(struct state *state, const char *script, const struct limits *limits)
{
    const struct identity *identity = state->identity;
    bool good = false, found = false;
    char *path = scriptpath_find(identity->base, script, &found);

    if (path == NULL) {
        fail(state, NULL);
    } else if (identity->generic && !found && script[0] != '/') {
        fail(state, scriptpath_missing(identity->base, script, NULL));
    } else if (identity->generic) {
        good = bind_generic(state, path, limits);
    } else if (bundle_exists()) {
        fail(state,
             text_format("init_config.script names \"%s\", but this library has its script packed in it "
                         "(%s); take \"script\" out of init_config",
                         script, identity->manifest->source->name));
    } else if (file_same(path, identity->manifest->source->path)) {
        good = true;
    } else {
        fail(state,
             text_format("init_config.script names \"%s\" (%s), but this library is bound to %s; a library "
                         "runs one script: copy the library, or name one script everywhere",
                         script, path, identity->manifest->source->path));
    }
    free(path);
    return good;
}

/* Takes `script` and `lure` out of the configuration and acts on them. */
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
        fail(state, problem);
    } else if (script != NULL && !cJSON_IsString(script)) {
        fail(state, text_format("init_config.script: expected the path of a Lua script"));
        good = false;
    } else if (script != NULL) {
        good = check_script(state, script->valuestring, limits);
    } else if (state->identity->generic) {
        fail(state,
             text_format(
                 "no script: name one in init_config.script, or in the environment variable LURE_SCRIPT"));
        good = false;
    }
    cJSON_Delete(lure);
    cJSON_Delete(script);
    return good;
}

/* Puts back what the host's map says, where the host has made something else of it. */
static bool restore_config(struct state *state, const struct manifest *script, cJSON *config)
{
    char name[] = "properties";
    cJSON properties = script->config != NULL ? *script->config : (cJSON){.type = cJSON_Object};
    cJSON schema = {.type = cJSON_Object, .child = &properties};

    properties.string = name; /* borrowed, under the name that a schema has for them */
    properties.next = properties.prev = NULL;
    return written_restore(config, state->identity->written,
                           script->init_schema != NULL ? script->init_schema : &schema);
}

/* Takes over `problem`, and says what to do where the host may have made something else of a text. */
static char *with_hint(const struct state *state, char *problem)
{
    static const char hint[] =
        "; the host has made a number or a boolean of a text: give init_config as a JSON "
        "text, where quotes count";
    char *longer;

    if (problem == NULL || state->identity->written == NULL ||
        strstr(problem, ": expected a string, got ") == NULL) {
        return problem;
    }
    longer = text_format("%s%s", problem, hint);
    free(problem);
    return longer;
}

/* Checks the configuration against what the script declares, and fills in defaults. */
static bool check_config(struct state *state, const struct manifest *script, cJSON *config)
{
    char *problem = NULL;

    if (script->config != NULL && !schema_check_declared(config, script->config, "init_config", &problem)) {
        fail(state, place(script, KEY_CONFIG, with_hint(state, problem)));
        return false;
    }
    if (script->init_schema != NULL &&
        !schema_check_whole(config, script->init_schema, "init_config", &problem)) {
        fail(state, place(script, KEY_INIT_SCHEMA, with_hint(state, problem)));
        return false;
    }
    return true;
}

cJSON *state_read_config(struct state *state, const struct manifest *script, const char *text)
{
    char *problem;
    cJSON *config = parse_object(text, "init_config", &problem);

    if (config == NULL) {
        fail(state, place(script, KEY_CONFIG, problem));
        return NULL;
    }
    cJSON_DeleteItemFromObjectCaseSensitive(config, "lure");
    cJSON_DeleteItemFromObjectCaseSensitive(config, "script");
    if (!restore_config(state, script, config)) {
        fail(state, NULL);
        cJSON_Delete(config);
        return NULL;
    }
    if (!check_config(state, script, config)) {
        cJSON_Delete(config);
        return NULL;
    }
    return config;
}

/* Begins to look after the script's files, where that is wanted. */
static bool begin_reloads(struct state *state, const char *text)
{
    if (state->plugin.limits.reload > 0 && !reload_begin(state, text)) {
        fail(state, NULL);
        return false;
    }
    return true;
}

static void start(struct state *state, const char *text)
{
    struct limits limits = limits_default();
    const struct manifest *script;
    char *problem;
    cJSON *config = parse_object(text, "init_config", &problem);

    if (config == NULL) {
        fail(state, place(state->identity->manifest, KEY_CONFIG, problem));
        return;
    }
    if (take_own_keys(state, config, &limits)) {
        script = state->bound != NULL ? state->bound : state->identity->manifest;
        if (!restore_config(state, script, config)) {
            fail(state, NULL);
        } else if (check_config(state, script, config)) {
            state->started = plugin_start(&state->plugin, state->identity->manifest, script, limits, config);
            limits.path = NULL; /* it is the plugin's now */
            state->started = state->started && begin_reloads(state, text);
        }
    }
    limits_free(&limits);
    cJSON_Delete(config);
}

struct state *state_new(struct identity *identity, const char *config, struct log log,
                        struct framework framework)
{
    struct state *state = calloc(1, sizeof(*state));

    if (state == NULL) {
        identity_release(identity);
        return NULL;
    }
    state->identity = identity;
    state->plugin.log = log;
    state->plugin.framework = framework;
    state->plugin.log.least = LOG_LEVEL_INFO;
    if (identity == NULL || identity->manifest == NULL) {
        fail(state, text_copy(identity != NULL ? identity->problem : NULL));
        return state;
    }
    state->plugin.log.component = identity->manifest->name;
    start(state, config);
    return state;
}

bool state_set_config(struct state *state, const char *text)
{
    struct limits limits = limits_default();
    char *problem, *kept = NULL;
    bool done = false;
    cJSON *config = parse_object(text, "config", &problem);

    if (config == NULL) {
        fail(state, place(state->identity->manifest, KEY_CONFIG, problem));
    } else if (state->reload != NULL && (kept = text_copy(text != NULL ? text : "")) == NULL) {
        fail(state, NULL);
    } else if (take_own_keys(state, config, &limits)) {
        done = check_config(state, state->plugin.script, config) && plugin_configure(&state->plugin, config);
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

void state_free(struct state *state)
{
    if (state == NULL) {
        return;
    }
    plugin_stop(&state->plugin);
    reload_end(state->reload);
    manifest_free(state->bound);
    identity_release(state->identity);
    free(state);
}

cJSON *state_read_params(struct state *state, const char *text)
{
    const struct manifest *script = state->plugin.script;
    char *problem = NULL;
    cJSON *params;

    if (script->params == NULL) {
        params = cJSON_CreateString(text != NULL ? text : "");
        if (params == NULL) {
            fail(state, NULL);
        }
        return params;
    }
    params = parse_object(text, "open parameters", &problem);
    if (params == NULL || !schema_check_declared(params, script->params, "open parameters", &problem)) {
        fail(state, place(script, KEY_PARAMS, problem));
        /* sysdig 0.29 never asks why an open has failed */
        log_write(&state->plugin.log, LOG_LEVEL_ERROR, plugin_error(&state->plugin));
        cJSON_Delete(params);
        return NULL;
    }
    return params;
}

struct instance *state_open(struct state *state, const char *params, struct batch_writer *batch)
{
    struct instance *instance;
    cJSON *object;

    if (batch == NULL) {
        fail(state, NULL);
        return NULL;
    }
    if (!state->started || !manifest_is_source(state->plugin.script)) {
        fail(state, text_format(state->started ? "the script is no event source: it has neither open nor next"
                                               : "the plugin is not initialised"));
        batch->free(batch);
        return NULL;
    }
    object = state_read_params(state, params);
    if (object == NULL) {
        batch->free(batch);
        return NULL;
    }
    instance = sourcing_open(&state->plugin, batch, object);
    cJSON_Delete(object);
    if (instance != NULL && state->reload != NULL && !sourcing_keep_params(instance, params)) {
        sourcing_close(instance);
        fail(state, NULL);
        return NULL;
    }
    return instance;
}
