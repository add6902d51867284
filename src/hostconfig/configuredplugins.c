#include "hostconfig/configuredplugins.h"

#include "base/text.h"
#include "hostconfig/initconfig.h"
#include "hostconfig/scriptpath.h"
#include "hostconfig/yamltree.h"
#include "json/cjson_parse.h"

#include <stdlib.h>
#include <string.h>

/* Limit for the init_configs of all entries together: aliases can make them far larger than their file. */
#define MOST_CONFIG (16u << 20)

struct configured_plugin *configured_plugins_add(struct configured_plugins *candidates)
{
    struct configured_plugin *list = realloc(candidates->list, (candidates->count + 1) * sizeof(*list));

    if (list == NULL) {
        candidates->no_memory = true;
        return NULL;
    }
    candidates->list = list;
    memset(&list[candidates->count], 0, sizeof(*list));
    return &list[candidates->count++];
}

void configured_plugins_free(struct configured_plugins *candidates)
{
    for (size_t i = 0; i < candidates->count; i++) {
        struct configured_plugin *candidate = &candidates->list[i];

        free(candidate->library);
        free(candidate->name);
        free(candidate->name_origin);
        cJSON_Delete(candidate->written);
        free(candidate->origin);
        free(candidate->file);
        free(candidate->base);
        free(candidate->init_config);
        free(candidate->open_params);
        free(candidate->bad_open);
    }
    free(candidates->list);
    free(candidates->fault);
    *candidates = (struct configured_plugins){0};
}

/* "falco.yaml:14", or the name that stands for the file. */
static char *origin_of(const struct node *node)
{
    return node->line > 0 ? text_format("%s:%u", node->file->name, node->line) : text_copy(node->file->name);
}

/* init_config as the plugin gets it: a map as JSON, a text unchanged. NULL: too large, or out of memory. */
static char *config_text(struct configured_plugins *candidates, const struct node *config, cJSON **written)
{
    const char *plain = tree_text(config) != NULL ? tree_text(config) : "";
    size_t left = MOST_CONFIG - candidates->spent;
    cJSON *given;
    char *text;

    if (config == NULL || config->kind != NODE_MAP) {
        if (strlen(plain) > left) {
            return NULL;
        }
        candidates->spent += strlen(plain);
        return text_copy(plain);
    }
    *written = tree_to_json(config, &left);
    given = *written != NULL ? init_config_converted(*written) : NULL;
    text = given != NULL ? cJSON_PrintUnformatted(given) : NULL;
    cJSON_Delete(given);
    candidates->spent = MOST_CONFIG - left;
    return text;
}

void configured_plugins_add_entry(struct configured_plugins *candidates, const struct node *entry)
{
    const struct node *config = tree_get(entry, "init_config");
    const struct node *name = tree_get(entry, "name");
    const struct node *script = tree_get(config, "script");
    const struct node *open = tree_get(entry, "open_params");
    const struct node *place = script != NULL ? script : (config != NULL ? config : entry);
    const char *library = tree_text(tree_get(entry, "library_path"));
    struct configured_plugin *candidate = library != NULL ? configured_plugins_add(candidates) : NULL;

    if (candidate == NULL) {
        return;
    }
    candidate->library = text_copy(library);
    candidate->name = text_copy(tree_text(name));
    candidate->name_origin = name != NULL ? origin_of(name) : NULL;
    candidate->origin = origin_of(place);
    candidate->file = text_copy(place->line > 0 ? place->file->name : NULL);
    candidate->base = text_copy(place->file->directory);
    candidate->init_config = config_text(candidates, config, &candidate->written);
    candidate->open_params = text_copy(tree_text(open));
    if (open != NULL && open->kind != NODE_TEXT && open->kind != NODE_NULL) {
        candidate->bad_open = origin_of(open);
    }
    candidates->no_memory = candidates->no_memory || candidate->library == NULL ||
                            candidate->origin == NULL || candidate->base == NULL;
}

/* The path of the script that the entry names. NULL: `*problem` says what is wrong (NULL: out of memory). */
static char *script_path(const struct configured_plugin *candidate, const cJSON *script, char **problem)
{
    const char *name = cJSON_GetStringValue(script);
    bool found = false;
    char *path, *missing;

    if (name == NULL || name[strspn(name, " \t\r\n")] == '\0') {
        *problem = text_format("%s: init_config.script: expected the path of a Lua script%s",
                               candidate->origin, name != NULL ? ", got an empty text" : "");
        return NULL;
    }
    path = scriptpath_find(candidate->base, name, &found);
    if (path != NULL && !found) {
        missing = scriptpath_missing(candidate->base, name, candidate->file);
        *problem = missing != NULL ? text_format("%s: %s", candidate->origin, missing) : NULL;
        free(missing);
        free(path);
        return NULL;
    }
    return path;
}

bool configured_plugin_script(const struct configured_plugin *candidate, char **path, char **problem)
{
    const char *text = candidate->init_config;
    bool empty = text != NULL && text[strspn(text, " \t\r\n")] == '\0';
    cJSON *config = empty || text == NULL ? NULL : json_parse(text, NULL);
    const cJSON *script;
    bool good = true;

    if (text == NULL) {
        *problem = text_format("%s: init_config of this library is too large", candidate->origin);
        good = false;
    } else if (!empty && !cJSON_IsNull(config) && !cJSON_IsObject(config)) {
        *problem = text_format("%s: init_config of this library is no JSON object; expected one such as "
                               "{\"script\": \"FILE.lua\"}",
                               candidate->origin);
        good = false;
    } else {
        good = json_keep_last(config);
        script = cJSON_GetObjectItemCaseSensitive(config, "script");
        if (good && script != NULL) {
            *path = script_path(candidate, script, problem);
            good = *path != NULL;
        }
    }
    cJSON_Delete(config);
    return good;
}

void configured_plugins_take_fault(struct configured_plugins *candidates, struct forest *forest)
{
    if (candidates->fault == NULL) {
        candidates->fault = forest->fault;
        forest->fault = NULL;
    }
}
