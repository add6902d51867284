#include "identity/candidates.h"

#include "identity/written.h"
#include "identity/yamltree.h"
#include "script/text.h"

#include <stdlib.h>
#include <string.h>

/* What the init_configs of all entries may come to: aliases can make them far larger than their file. */
#define MOST_CONFIG (16u << 20)

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
        free(candidate->name_origin);
        cJSON_Delete(candidate->written);
        free(candidate->origin);
        free(candidate->file);
        free(candidate->base);
        free(candidate->init_config);
    }
    free(candidates->list);
    free(candidates->fault);
    *candidates = (struct candidates){0};
}

/* "falco.yaml:14", or what stands for the file. */
static char *origin_of(const struct node *node)
{
    return node->line > 0 ? text_format("%s:%u", node->file->name, node->line) : text_copy(node->file->name);
}

/* init_config as the plugin will get it: a map as JSON, a text as it is. NULL: too large, or out of memory.
 */
static char *config_text(struct candidates *candidates, const struct node *config, cJSON **written)
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
    given = *written != NULL ? written_given(*written) : NULL;
    text = given != NULL ? cJSON_PrintUnformatted(given) : NULL;
    cJSON_Delete(given);
    candidates->spent = MOST_CONFIG - left;
    return text;
}

void candidates_add_entry(struct candidates *candidates, const struct node *entry)
{
    const struct node *config = tree_get(entry, "init_config");
    const struct node *name = tree_get(entry, "name");
    const struct node *script = tree_get(config, "script");
    const struct node *place = script != NULL ? script : (config != NULL ? config : entry);
    const char *library = tree_text(tree_get(entry, "library_path"));
    struct candidate *candidate = library != NULL ? candidates_add(candidates) : NULL;

    if (candidate == NULL) {
        return;
    }
    candidate->library = text_copy(library);
    candidate->name = text_copy(tree_text(name));
    candidate->name_origin = name != NULL ? origin_of(name) : NULL;
    candidate->origin = origin_of(place);
    candidate->file = text_copy(place->line > 0 ? place->file->name : NULL);
    candidate->base = text_copy(place->file->folder);
    candidate->init_config = config_text(candidates, config, &candidate->written);
    candidates->no_memory = candidates->no_memory || candidate->library == NULL ||
                            candidate->origin == NULL || candidate->base == NULL;
}

void candidates_take_fault(struct candidates *candidates, struct forest *forest)
{
    if (candidates->fault == NULL) {
        candidates->fault = forest->fault;
        forest->fault = NULL;
    }
}
