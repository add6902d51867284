#include "identity/stateinputs.h"

#include "base/text.h"
#include "hostconfig/initconfig.h"
#include "identity/declaredschema.h"
#include "identity/schemacheck.h"
#include "json/cjson_parse.h"

#include <stdlib.h>
#include <string.h>

void state_fail(struct state *state, char *problem)
{
    plugin_fail(&state->plugin, problem != NULL ? problem : TEXT_NO_MEMORY);
    free(problem);
}

/* Adds the file, and the line of `key`, to `problem`, which is taken over. */
static char *add_position(const struct manifest *manifest, enum script_key key, char *problem)
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
    if (cJSON_IsNull(object)) { /* Falco 0.43 makes it of an empty map of YAML */
        cJSON_Delete(object);
        return cJSON_CreateObject();
    }
    if (object != NULL) {
        *problem = text_format("%s: expected a JSON object", what);
    } else {
        *problem = text_format("%s: expected JSON; cannot be read from byte %zu on", what, fault);
    }
    cJSON_Delete(object);
    return NULL;
}

/* Adds findings for keys that hosts must know before init, and that a script bound in init_config cannot
 * have. */
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

struct manifest *state_read_script(struct state *state, struct script_source *source,
                                   const struct limits *limits)
{
    struct memory_budget *budget = state->started ? &state->plugin.memory : NULL;
    struct manifest *manifest =
        manifest_read(source, state->identity->api, limits, budget, &state->plugin.log);

    if (manifest != NULL) {
        declaredschema_check(manifest);
    }
    if (manifest != NULL && state->identity->generic) {
        refuse_unbindable(manifest);
    }
    return manifest;
}

cJSON *state_parse_config(struct state *state, const struct manifest *script, const char *text,
                          const char *what)
{
    char *problem;
    cJSON *config = parse_object(text, what, &problem);

    if (config == NULL) {
        state_fail(state, add_position(script, KEY_CONFIG, problem));
    }
    return config;
}

/* Restores the values of the written map that the host has converted. */
static bool restore_config(struct state *state, const struct manifest *script, cJSON *config)
{
    char name[] = "properties";
    cJSON properties = script->config != NULL ? *script->config : (cJSON){.type = cJSON_Object};
    cJSON schema = {.type = cJSON_Object, .child = &properties};

    properties.string = name; /* borrowed, under the name that a schema has for them */
    properties.next = properties.prev = NULL;
    return init_config_restore(config, state->identity->written,
                               script->init_schema != NULL ? script->init_schema : &schema);
}

/* Takes over `problem`, and adds a hint if the host may have converted a text. */
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

bool state_check_config(struct state *state, const struct manifest *script, cJSON *config)
{
    char *problem = NULL;

    if (script->config != NULL && !schema_check_declared(config, script->config, "init_config", &problem)) {
        state_fail(state, add_position(script, KEY_CONFIG, with_hint(state, problem)));
        return false;
    }
    if (script->init_schema != NULL &&
        !schema_check_whole(config, script->init_schema, "init_config", &problem)) {
        state_fail(state, add_position(script, KEY_INIT_SCHEMA, with_hint(state, problem)));
        return false;
    }
    return true;
}

bool state_fit_config(struct state *state, const struct manifest *script, cJSON *config)
{
    if (!restore_config(state, script, config)) {
        state_fail(state, NULL);
        return false;
    }
    return state_check_config(state, script, config);
}

cJSON *state_read_config(struct state *state, const struct manifest *script, const char *text)
{
    cJSON *config = state_parse_config(state, script, text, "init_config");

    if (config == NULL) {
        return NULL;
    }
    cJSON_DeleteItemFromObjectCaseSensitive(config, "lure");
    cJSON_DeleteItemFromObjectCaseSensitive(config, "script");
    if (!state_fit_config(state, script, config)) {
        cJSON_Delete(config);
        return NULL;
    }
    return config;
}

cJSON *state_read_params(struct state *state, const char *text)
{
    const struct manifest *script = state->plugin.script;
    char *problem = NULL;
    cJSON *params;

    if (script->params == NULL) {
        params = cJSON_CreateString(text != NULL ? text : "");
        if (params == NULL) {
            state_fail(state, NULL);
        }
        return params;
    }
    params = parse_object(text, "open parameters", &problem);
    if (params == NULL || !schema_check_declared(params, script->params, "open parameters", &problem)) {
        state_fail(state, add_position(script, KEY_PARAMS, problem));
        /* sysdig 0.29 never asks why an open has failed */
        log_write(&state->plugin.log, LOG_LEVEL_ERROR, plugin_error(&state->plugin));
        cJSON_Delete(params);
        return NULL;
    }
    return params;
}
