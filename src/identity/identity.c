#include "identity/identity.h"

#include "base/text.h"
#include "base/utf8.h"
#include "identity/bundle.h"
#include "identity/declaredjson.h"
#include "identity/declaredschema.h"
#include "identity/scriptlocation.h"
#include "lure_version.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The script of the generic identity, for hosts that name the script only in init_config. */
static const char generic_script[] =
    "return {\n"
    "  name = \"lure\", version = \"" LURE_VERSION "\", id = 999, event_source = \"lure\",\n"
    "  description = \"Runs the Lua script that init_config.script names\",\n"
    "  init_schema = [[{\"type\": \"object\"}]],\n"
    "  fields = {\n"
    "    { name = \"lure.string\", type = \"string\", desc = \"The script's field of this name, a string\",\n"
    "      arg = { required = true, key = true } },\n"
    "    { name = \"lure.uint64\", type = \"uint64\", desc = \"The script's field of this name, a number\",\n"
    "      arg = { required = true, key = true } },\n"
    "  },\n"
    "  extract = function() end, next = function() end,\n"
    "}\n";

struct identity *identity_hold(struct identity *identity)
{
    __atomic_add_fetch(&identity->references, 1, __ATOMIC_RELAXED);
    return identity;
}

void identity_release(struct identity *identity)
{
    if (identity == NULL || __atomic_sub_fetch(&identity->references, 1, __ATOMIC_ACQ_REL) > 0) {
        return;
    }
    manifest_free(identity->manifest);
    free(identity->base);
    free(identity->limits_text);
    cJSON_Delete(identity->written);
    free(identity->problem);
    for (int text = 0; text < IDENTITY_TEXTS; text++) {
        free(identity->texts[text]);
    }
    free(identity);
}

bool identity_has(const struct identity *identity, enum script_key key)
{
    return identity->manifest != NULL && identity->manifest->has[key];
}

bool identity_takes_syscalls(const struct identity *identity)
{
    const struct manifest *manifest = identity->manifest;

    return manifest != NULL && ((manifest->has[KEY_FIELDS] && filter_takes_syscalls(&manifest->extract)) ||
                                (manifest->has[KEY_PARSE] && filter_takes_syscalls(&manifest->parse)) ||
                                manifest->has[KEY_REQUIRED_EVENT_SCHEMA_VERSION]);
}

bool identity_is_source(const struct identity *identity)
{
    return identity->manifest != NULL && manifest_is_source(identity->manifest);
}

/* Takes over `problem` (NULL: out of memory), and logs it. */
static void refuse_script(struct identity *identity, char *problem)
{
    struct log log = {.least = LOG_LEVEL_ERROR};

    manifest_free(identity->manifest);
    identity->manifest = NULL;
    if (problem != NULL && isdigit((unsigned char)problem[0])) {
        /* a host that reads "1.2.3.lua:5: ..." would take the name for a version */
        char *named = text_format("script %s", problem);

        free(problem);
        problem = named;
    }
    if (problem != NULL) {
        identity->problem = utf8_copy(problem, strlen(problem), UTF8_MESSAGE);
        free(problem);
    }
    log_write(&log, LOG_LEVEL_ERROR, identity->problem != NULL ? identity->problem : TEXT_NO_MEMORY);
}

/* Takes over a text, and returns it sanitized for hosts. NULL: out of memory. */
static char *clean_text(char *text)
{
    char *clean = text != NULL ? utf8_copy(text, strlen(text), UTF8_TEXT) : NULL;

    free(text);
    return clean;
}

/* Makes all texts that hosts ask for. False: out of memory. */
static bool make_texts(struct identity *identity)
{
    const struct manifest *manifest = identity->manifest;
    const bool *has = manifest->has;
    const struct {
        bool wanted;
        char *(*make)(const struct manifest *manifest);
    } texts[IDENTITY_TEXTS] = {
        [IDENTITY_API_VERSION] = {true, declared_api_version},
        [IDENTITY_FIELDS] = {has[KEY_FIELDS], declared_fields},
        [IDENTITY_EXTRACT_SOURCES] = {has[KEY_FIELDS], declared_extract_event_sources},
        [IDENTITY_PARSE_SOURCES] = {has[KEY_PARSE], declared_parse_event_sources},
        [IDENTITY_ASYNC_EVENTS] = {has[KEY_ASYNC_EVENTS], declared_async_events},
        [IDENTITY_ASYNC_SOURCES] = {has[KEY_ASYNC_EVENTS], declared_async_event_sources},
    };

    if (has[KEY_CONFIG] || has[KEY_INIT_SCHEMA]) {
        identity->texts[IDENTITY_INIT_SCHEMA] =
            clean_text(declaredschema_text(manifest->config, manifest->init_schema, identity->written));
        if (identity->texts[IDENTITY_INIT_SCHEMA] == NULL) {
            return false;
        }
    }
    for (int text = 0; text < IDENTITY_TEXTS; text++) {
        if (texts[text].wanted) {
            identity->texts[text] = clean_text(texts[text].make(manifest));
            if (identity->texts[text] == NULL) {
                return false;
            }
        }
    }
    return true;
}

static void read_manifest(struct identity *identity, struct script_source *source,
                          const struct limits *limits)
{
    struct log log = {.component = source->name, .least = (enum log_level)limits->log_level};

    identity->manifest = manifest_read(source, identity->api, limits, NULL, &log);
    if (identity->manifest == NULL) {
        refuse_script(identity, NULL);
        return;
    }
    declaredschema_check(identity->manifest);
    if (identity->manifest->findings.count > 0) {
        refuse_script(identity, text_copy(findings_text(&identity->manifest->findings)));
    } else if (!make_texts(identity)) {
        refuse_script(identity, NULL);
    }
}

/* True if the plugin has the name that the host's configuration gives it. Falco looks an event source's
 * plugin up by that name when it opens the source, when it is too late for an error message. */
static bool has_its_name(const struct manifest *manifest, const struct location *location)
{
    return location->name == NULL || !manifest_is_source(manifest) ||
           strcmp(location->name, manifest->name) == 0;
}

static char *wrong_name(const struct manifest *manifest, const struct location *location)
{
    return text_format(
        "%s: the name \"%s\" is not that of the plugin: %s calls it \"%s\"; give both one name, "
        "in load_plugins too",
        location->name_origin, location->name, manifest->source->name, manifest->name);
}

/* Reads the script with the limits of its location. */
static void read_script(struct identity *identity, struct script_source *source,
                        const struct location *location)
{
    struct limits limits;
    char *problem;

    if (limits_read(location->lure, &limits, &problem)) {
        read_manifest(identity, source, &limits);
        if (identity->manifest != NULL && !identity->generic && !has_its_name(identity->manifest, location)) {
            refuse_script(identity, wrong_name(identity->manifest, location));
        }
    } else {
        refuse_script(identity, problem != NULL ? text_format("%s: %s", location->origin, problem) : NULL);
        free(problem);
    }
    limits_free(&limits);
}

static bool same_printed(const cJSON *a, const cJSON *b)
{
    char *of_a = a != NULL ? cJSON_PrintUnformatted(a) : NULL;
    char *of_b = b != NULL ? cJSON_PrintUnformatted(b) : NULL;
    bool same = (a == NULL) == (of_a == NULL) && (b == NULL) == (of_b == NULL) && text_same(of_a, of_b);

    cJSON_free(of_a);
    cJSON_free(of_b);
    return same;
}

/* True if no module of the script has changed. */
static bool are_current(const struct manifest *manifest)
{
    for (size_t i = 0; i < manifest->module_count; i++) {
        if (!script_source_is_current(manifest->modules[i])) {
            return false;
        }
    }
    return true;
}

/* True if reading the script again would give the same identity. */
static bool is_unchanged(const struct identity *previous, const struct identity *now,
                         const struct script_source *source)
{
    return previous != NULL && previous->manifest != NULL && previous->generic == now->generic &&
           previous->trusted == now->trusted && previous->log_is_shown == now->log_is_shown &&
           same_printed(previous->written, now->written) &&
           text_same(previous->limits_text, now->limits_text) && text_same(previous->base, now->base) &&
           script_source_same(previous->manifest->source, source) && are_current(previous->manifest);
}

static struct script_source *find_source(struct identity *identity, struct location *location, char **problem)
{
    if (!locate_script(location, problem)) {
        return NULL;
    }
    identity->base = text_copy(location->base);
    identity->trusted = limits_default().trust || cJSON_IsTrue(cJSON_GetObjectItem(location->lure, "trust"));
    identity->log_is_shown = location->shows_log;
    identity->written = location->written;
    location->written = NULL;
    identity->limits_text = location->lure != NULL ? cJSON_PrintUnformatted(location->lure) : NULL;
    if (location->packed) {
        return bundle_read(problem);
    }
    if (location->script != NULL) {
        return script_source_read(location->script, identity->trusted, problem);
    }
    identity->generic = true;
    return script_source_from_text("lure", generic_script);
}

struct identity *identity_make(enum abi api, struct identity *previous)
{
    struct identity *identity = calloc(1, sizeof(*identity));
    struct location location;
    struct script_source *source;
    char *problem = NULL;

    if (identity == NULL) {
        return NULL;
    }
    identity->references = 1;
    identity->api = api;
    source = find_source(identity, &location, &problem);
    if (source == NULL) {
        refuse_script(identity, problem);
    } else if (is_unchanged(previous, identity, source) && has_its_name(previous->manifest, &location)) {
        identity_release(identity);
        identity = identity_hold(previous);
    } else {
        read_script(identity, source, &location);
    }
    script_source_release(source);
    location_free(&location);
    return identity;
}
