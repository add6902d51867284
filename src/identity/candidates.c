#include "identity/candidates.h"

#include "identity/yamltree.h"
#include "script/text.h"

#include <stdlib.h>
#include <string.h>

struct candidate *candidates_add(struct candidates *candidates)
{
    struct candidate *list = realloc(candidates->list, (candidates->count + 1) * sizeof(*list));

    if (list == NULL) {
        candidates->no_memory = true;
        return NULL;
    }
    candidates->list = list;
    memset(&list[candidates->count], 0, sizeof(*list));
    return &list[candidates->count++];
}

void candidates_free(struct candidates *candidates)
{
    for (size_t i = 0; i < candidates->count; i++) {
        struct candidate *candidate = &candidates->list[i];

        free(candidate->library);
        free(candidate->name);
        free(candidate->origin);
        free(candidate->file);
        free(candidate->base);
        free(candidate->init_config);
    }
    free(candidates->list);
    *candidates = (struct candidates){0};
}

/* "falco.yaml:14", or what stands for the file. */
static char *origin_of(const struct node *node)
{
    return node->line > 0 ? text_format("%s:%u", node->file->name, node->line) : text_copy(node->file->name);
}

/* init_config as the plugin will get it: a map as JSON, a text as it is. */
static char *config_text(const struct node *config)
{
    cJSON *json;
    char *text;

    if (config == NULL || config->kind != NODE_MAP) {
        return text_copy(tree_text(config) != NULL ? tree_text(config) : "");
    }
    json = tree_to_json(config);
    text = json != NULL ? cJSON_PrintUnformatted(json) : NULL;
    cJSON_Delete(json);
    return text;
}

static void add_entry(struct candidates *candidates, const struct node *entry)
{
    const struct node *config = tree_get(entry, "init_config");
    const struct node *script = tree_get(config, "script");
    const struct node *place = script != NULL ? script : (config != NULL ? config : entry);
    const char *library = tree_text(tree_get(entry, "library_path"));
    struct candidate *candidate = library != NULL ? candidates_add(candidates) : NULL;

    if (candidate == NULL) {
        return;
    }
    candidate->library = text_copy(library);
    candidate->name = text_copy(tree_text(tree_get(entry, "name")));
    candidate->origin = origin_of(place);
    candidate->file = text_copy(place->line > 0 ? place->file->name : NULL);
    candidate->base = text_copy(place->file->folder);
    candidate->init_config = config_text(config);
    candidates->no_memory = candidates->no_memory || candidate->library == NULL ||
                            candidate->origin == NULL || candidate->base == NULL ||
                            candidate->init_config == NULL;
}

/* An entry called `name`: the first one counts. */
static void add_named(struct candidates *candidates, const struct node *plugins, const char *name)
{
    for (size_t i = 0; i < plugins->count; i++) {
        const char *own = tree_text(tree_get(plugins->children[i], "name"));

        if (own != NULL && strcmp(own, name) == 0) {
            add_entry(candidates, plugins->children[i]);
            return;
        }
    }
}

void candidates_from_tree(struct candidates *candidates, const struct node *root)
{
    const struct node *plugins = tree_get(root, "plugins");
    const struct node *active = tree_get(root, "load_plugins");

    if (plugins == NULL || plugins->kind != NODE_LIST) {
        return;
    }
    /* absent: all are loaded; there, and be it empty: those that it lists */
    for (size_t i = 0; active == NULL && i < plugins->count; i++) {
        add_entry(candidates, plugins->children[i]);
    }
    for (size_t i = 0; active != NULL && active->kind == NODE_LIST && i < active->count; i++) {
        const char *name = tree_text(active->children[i]);

        if (name != NULL) {
            add_named(candidates, plugins, name);
        }
    }
}
