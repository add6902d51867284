#include "hostconfig/lure_settings.h"

#include "base/text.h"
#include "hostconfig/configuredplugins.h"
#include "hostconfig/initconfig.h"
#include "hostconfig/yamltree.h"
#include "json/cjson_integers.h"
#include "json/cjson_parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Limit for a file as JSON: aliases can make it far larger than the file. */
#define MOST_JSON (16u << 20)

/* One request, with its result, or its problem (NULL: out of memory). */
struct asked {
    const char *path;
    const cJSON *schema; /* NULL: none */
    char *directory;
    cJSON *answer;
    char *text; /* the result, where it is no JSON */
    char *problem;
};

/* Adds a text; NULL adds nothing. False: out of memory. */
static bool add_text(cJSON *object, const char *key, const char *text)
{
    return text == NULL || cJSON_AddStringToObject(object, key, text) != NULL;
}

/* The init_config that the script would get. The caller frees it. NULL: out of memory. */
static char *init_config_text(const struct asked *asked, const cJSON *written)
{
    cJSON *given = init_config_converted(written);
    char *text = NULL;

    if (given != NULL && (asked->schema == NULL || init_config_restore(given, written, asked->schema))) {
        text = cjson_text(given);
    }
    cJSON_Delete(given);
    return text;
}

/* ---- a YAML file ---- */

static char *tree_as_text(const struct asked *asked, const struct node *root)
{
    size_t left = MOST_JSON;
    cJSON *written;
    char *text;

    if (root->kind == NODE_NULL || root->kind == NODE_TEXT) {
        return text_copy(root->kind == NODE_TEXT ? root->text : "");
    }
    if (root->count == 0) {
        return text_copy(root->kind == NODE_LIST ? "[]" : "{}");
    }
    written = tree_to_json(root, &left);
    text = written != NULL ? init_config_text(asked, written) : NULL;
    cJSON_Delete(written);
    return text;
}

static bool read_yaml(struct asked *asked)
{
    struct forest forest = {.directory = asked->directory};
    const struct node *root = tree_read(&forest, asked->path, false);
    char *text = root != NULL ? tree_as_text(asked, root) : NULL;
    bool done = text != NULL && add_text(asked->answer, "text", text);

    free(text);
    if (root != NULL && text == NULL) {
        asked->problem = text_format("%s: as JSON it is too large", asked->path);
    } else if (root == NULL) {
        asked->problem =
            forest.fault != NULL ? text_copy(forest.fault) : text_format("%s: not read as YAML", asked->path);
    }
    forest_free(&forest);
    return done;
}

/* ---- a file of rules ---- */

static void write_value(FILE *out, const struct node *node);

static void write_children(FILE *out, const struct node *node)
{
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == NODE_MAP) {
            fprintf(out, "k %zu\n%s\n", strlen(node->keys[i]), node->keys[i]);
        }
        write_value(out, node->children[i]);
    }
}

static void write_value(FILE *out, const struct node *node)
{
    switch (node->kind) {
    case NODE_NULL:
        fprintf(out, "n %u\n", node->line);
        break;
    case NODE_TEXT:
        fprintf(out, "t %u %u %d %zu\n%s\n", node->line, node->column, node->quoted, strlen(node->text),
                node->text);
        break;
    case NODE_LIST:
    case NODE_MAP:
        fprintf(out, "%c %u %zu\n", node->kind == NODE_LIST ? 'l' : 'm', node->line, node->count);
        write_children(out, node);
        break;
    }
}

/* NULL: out of memory. */
static char *documents_as_text(const struct node *documents)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    bool written;

    if (out == NULL) {
        return NULL;
    }
    fprintf(out, "d %zu\n", documents->count);
    write_children(out, documents);
    written = ferror(out) == 0;
    if (fclose(out) != 0 || !written) {
        free(text);
        return NULL;
    }
    return text;
}

static bool read_rules(struct asked *asked)
{
    struct forest forest = {.directory = asked->directory, .rules = true};
    const struct node *documents = tree_read_documents(&forest, asked->path);

    if (documents != NULL) {
        asked->text = documents_as_text(documents);
    } else {
        asked->problem =
            forest.fault != NULL ? text_copy(forest.fault) : text_format("%s: not read as YAML", asked->path);
    }
    forest_free(&forest);
    return asked->text != NULL;
}

/* ---- a configuration of Falco ---- */

/* True for a JSON object. Another text is for a plugin that is not lure's: lure reports it as an error
 * itself. */
static bool is_object(const char *text)
{
    cJSON *config = json_parse(text, NULL);
    bool object = cJSON_IsObject(config);

    cJSON_Delete(config);
    return object;
}

/* Adds the script of an entry, or why it does not exist. False: out of memory. */
static bool add_script(cJSON *plugin, const struct configured_plugin *candidate)
{
    char *path = NULL, *problem = NULL;
    bool other = candidate->init_config != NULL && !is_object(candidate->init_config);
    bool found = other || configured_plugin_script(candidate, &path, &problem);
    bool added;

    if (found && candidate->bad_open != NULL) {
        problem =
            text_format("%s: open_params: expected a text, which Falco hands over as it is; put JSON in "
                        "quotes, or behind \"|\"",
                        candidate->bad_open);
        found = false;
    }
    added = (found || problem != NULL) && add_text(plugin, "script", path) &&
            add_text(plugin, "problem", problem);
    free(path);
    free(problem);
    return added;
}

static bool add_library(cJSON *plugin, const char *named)
{
    char *path = named[0] == '/' ? text_copy(named) : text_format(FALCO_PLUGINS "/%s", named);
    bool added = path != NULL && add_text(plugin, "library", path);

    free(path);
    return added;
}

static bool add_config(const struct asked *asked, cJSON *plugin, const struct configured_plugin *candidate)
{
    char *text = candidate->written != NULL ? init_config_text(asked, candidate->written) : NULL;
    bool added = (text != NULL) == (candidate->written != NULL) &&
                 add_text(plugin, "init_config", text != NULL ? text : candidate->init_config);

    free(text);
    return added;
}

static bool add_plugin(const struct asked *asked, cJSON *plugins, const struct configured_plugin *candidate)
{
    cJSON *plugin = cJSON_CreateObject();

    if (plugin == NULL || !cJSON_AddItemToArray(plugins, plugin)) {
        cJSON_Delete(plugin);
        return false;
    }
    return add_library(plugin, candidate->library) && add_text(plugin, "name", candidate->name) &&
           add_text(plugin, "origin", candidate->origin) && add_script(plugin, candidate) &&
           add_config(asked, plugin, candidate) && add_text(plugin, "open_params", candidate->open_params);
}

static bool read_falco(struct asked *asked)
{
    char program[] = "falco", option[] = "-c", *path = text_copy(asked->path);
    char *words[] = {program, option, path};
    cJSON *plugins = cJSON_AddArrayToObject(asked->answer, "plugins");
    struct configured_plugins candidates = {0};
    bool done = false;

    if (path != NULL && plugins != NULL) {
        falcoconfig_read(&candidates, words, sizeof(words) / sizeof(words[0]), asked->directory);
        done = !candidates.no_memory && candidates.fault == NULL;
        asked->problem = text_copy(candidates.fault);
    }
    for (size_t i = 0; done && i < candidates.count; i++) {
        done = add_plugin(asked, plugins, &candidates.list[i]);
    }
    configured_plugins_free(&candidates);
    free(path);
    return done;
}

/* ---- requests ---- */

static const struct {
    const char *name;
    bool (*answer)(struct asked *asked);
} requests[] = {
    {"yaml", read_yaml},
    {"rules", read_rules},
    {"falco", read_falco},
};

/* Prints the result, or the problem. */
static char *answer_of(struct asked *asked, bool done)
{
    char *text = asked->text;

    if (text != NULL) {
        return text;
    }
    if (!done && asked->problem != NULL) {
        cJSON_Delete(asked->answer);
        asked->answer = cJSON_CreateObject();
        done = asked->answer != NULL && add_text(asked->answer, "problem", asked->problem);
    }
    if (done) {
        text = cJSON_PrintUnformatted(asked->answer);
    }
    return text;
}

char *lure_settings(const char *request, const char *path, const char *schema)
{
    cJSON *read = schema != NULL ? json_parse(schema, NULL) : NULL;
    struct asked asked = {.path = path, .schema = read, .directory = getcwd(NULL, 0)};
    char *answer = NULL;

    asked.answer = cJSON_CreateObject();
    for (size_t i = 0; asked.answer != NULL && i < sizeof(requests) / sizeof(requests[0]); i++) {
        if (asked.directory != NULL && strcmp(requests[i].name, request) == 0) {
            answer = answer_of(&asked, requests[i].answer(&asked));
        }
    }
    cJSON_Delete(asked.answer);
    cJSON_Delete(read);
    free(asked.directory);
    free(asked.problem);
    return answer;
}
