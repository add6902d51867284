#include "hostconfig/yamltree.h"

#include "base/text.h"
#include "json/cjson_parse.h"

#include <stdlib.h>
#include <string.h>

/* About what a value takes as JSON, but for its text. */
#define ONE_VALUE 64u

void node_clear(struct node *node)
{
    for (size_t i = 0; node->keys != NULL && i < node->count; i++) {
        free(node->keys[i]);
    }
    free(node->keys);
    free(node->children);
    free(node->text);
    node->keys = NULL;
    node->children = NULL;
    node->text = NULL;
    node->count = node->room = 0;
    node->kind = NODE_NULL;
}

void forest_free(struct forest *forest)
{
    while (forest->nodes != NULL) {
        struct node *node = forest->nodes;

        forest->nodes = node->next;
        node_clear(node);
        free(node);
    }
    while (forest->files != NULL) {
        struct yaml_file *file = forest->files;

        forest->files = file->next;
        free(file->name);
        free(file->directory);
        free(file);
    }
    free(forest->fault);
    forest->fault = NULL;
}

const struct yaml_file *forest_file(struct forest *forest, const char *name, const char *directory)
{
    struct yaml_file *file = calloc(1, sizeof(*file));

    if (file == NULL) {
        return NULL;
    }
    file->next = forest->files;
    forest->files = file;
    file->name = text_copy(name);
    file->directory = text_copy(directory);
    return file->name != NULL && file->directory != NULL ? file : NULL;
}

void forest_give_reason(struct forest *forest, const struct yaml_file *file, size_t line, const char *reason)
{
    if (forest->fault == NULL && line > 0) {
        forest->fault = text_format("%s:%zu: not read: %s", file->name, line, reason);
    } else if (forest->fault == NULL) {
        forest->fault = text_format("%s: not read: %s", file->name, reason);
    }
}

bool forest_has_room(const struct forest *forest)
{
    return forest->rules ? forest->size < YAML_RULES : forest->count < YAML_MOST;
}

struct node *forest_node(struct forest *forest, enum node_kind kind, const struct yaml_file *file,
                         unsigned line)
{
    struct node *node = forest_has_room(forest) ? calloc(1, sizeof(*node)) : NULL;

    if (node == NULL) {
        return NULL;
    }
    node->kind = kind;
    node->file = file;
    node->line = line;
    node->next = forest->nodes;
    forest->nodes = node;
    forest->count++;
    return node;
}

struct node *tree_get(const struct node *node, const char *key)
{
    for (size_t i = 0; node != NULL && node->kind == NODE_MAP && i < node->count; i++) {
        if (strcmp(node->keys[i], key) == 0) {
            return node->children[i];
        }
    }
    return NULL;
}

const char *tree_text(const struct node *node)
{
    return node != NULL && node->kind == NODE_TEXT ? node->text : NULL;
}

static bool make_room(struct node *node)
{
    size_t room = node->room == 0 ? 8 : 2 * node->room;
    struct node **children;
    char **keys;

    if (node->count < node->room) {
        return true;
    }
    children = realloc(node->children, room * sizeof(*children));
    if (children == NULL) {
        return false;
    }
    node->children = children;
    if (node->kind == NODE_MAP) {
        keys = realloc(node->keys, room * sizeof(*keys));
        if (keys == NULL) {
            return false;
        }
        node->keys = keys;
    }
    node->room = room;
    return true;
}

bool tree_append(struct node *parent, const char *key, struct node *child)
{
    if (!make_room(parent)) {
        return false;
    }
    if (parent->kind == NODE_MAP) {
        parent->keys[parent->count] = text_copy(key);
        if (parent->keys[parent->count] == NULL) {
            return false;
        }
    }
    parent->children[parent->count++] = child;
    return true;
}

bool tree_set(struct node *parent, const char *key, struct node *child)
{
    for (size_t i = 0; key != NULL && i < parent->count; i++) {
        if (strcmp(parent->keys[i], key) == 0) {
            parent->children[i] = child;
            return true;
        }
    }
    return tree_append(parent, key, child);
}

static cJSON *scalar_to_json(const struct node *node)
{
    return node->quoted ? cJSON_CreateString(node->text) : cJSON_CreateRaw(node->text);
}

static cJSON *to_json(const struct node *node, unsigned depth, size_t *left)
{
    size_t cost = ONE_VALUE + (node->kind == NODE_TEXT ? strlen(node->text) : 0);
    cJSON *json, *item;

    if (depth > YAML_DEEPEST || *left < cost) {
        return NULL;
    }
    *left -= cost;
    if (node->kind == NODE_NULL) {
        return cJSON_CreateNull();
    }
    if (node->kind == NODE_TEXT) {
        return scalar_to_json(node);
    }
    json = node->kind == NODE_LIST ? cJSON_CreateArray() : cJSON_CreateObject();
    for (size_t i = 0; json != NULL && i < node->count; i++) {
        item = to_json(node->children[i], depth + 1, left);
        if (item == NULL || !(node->kind == NODE_LIST ? cJSON_AddItemToArray(json, item)
                                                      : cJSON_AddItemToObject(json, node->keys[i], item))) {
            cJSON_Delete(item);
            cJSON_Delete(json);
            return NULL;
        }
    }
    return json;
}

cJSON *tree_to_json(const struct node *node, size_t *left)
{
    cJSON *json = to_json(node, 0, left);

    if (json != NULL && !json_keep_last(json)) {
        cJSON_Delete(json);
        json = NULL;
    }
    return json;
}
