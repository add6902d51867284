/* Falco's configuration: falco.yaml, the files that it includes, and -o on the command line. */
#include "identity/candidates.h"
#include "identity/yamltree.h"
#include "script/text.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DEFAULT_CONFIG "/etc/falco/falco.yaml"
#define INCLUDES       "config_files"

enum strategy { STRATEGY_APPEND, STRATEGY_OVERRIDE, STRATEGY_ADD_ONLY };

struct falco {
    struct forest forest;
    struct node *root;
    const char *config;   /* path of the main file */
    const char **options; /* what stands behind each -o */
    size_t option_count;
    const struct yaml_file *command_line; /* what options are "in" */
};

/* ---- the command line ---- */

/* The value of the option at words[*at]: behind "=", in the same word, or the next word. NULL: another
 * option. */
static const char *option_value(char *const *words, size_t count, size_t *at, char letter, const char *name)
{
    const char *word = words[*at];
    size_t length = name != NULL ? strlen(name) : 0;
    const char *rest = NULL;

    if (name != NULL && strncmp(word, "--", 2) == 0 && strncmp(word + 2, name, length) == 0 &&
        (word[2 + length] == '\0' || word[2 + length] == '=')) {
        rest = word + 2 + length + (word[2 + length] == '=');
        if (word[2 + length] == '=') {
            return rest;
        }
    } else if (word[0] == '-' && word[1] == letter) {
        rest = word + 2;
    }
    if (rest == NULL) {
        return NULL;
    }
    if (rest[0] == '\0' && *at + 1 < count) {
        return words[++*at];
    }
    return rest[0] != '\0' ? rest : NULL;
}

static bool read_command_line(struct falco *falco, char *const *words, size_t count)
{
    falco->config = DEFAULT_CONFIG;
    falco->options = calloc(count + 1, sizeof(*falco->options));
    if (falco->options == NULL) {
        return false;
    }
    for (size_t at = 1; at < count && strcmp(words[at], "--") != 0; at++) {
        const char *value = option_value(words, count, &at, 'c', "config");

        if (value != NULL) {
            falco->config = value;
            continue;
        }
        value = option_value(words, count, &at, 'o', "option");
        if (value != NULL) {
            falco->options[falco->option_count++] = value;
        }
    }
    return true;
}

/* ---- one -o KEY=VALUE ---- */

/* One name of a key, up to ".", "[" or the end, without its escapes. NULL: out of memory. */
static char *take_name(const char **at)
{
    char *name = malloc(strlen(*at) + 1), *to = name;

    while (name != NULL && **at != '\0' && **at != '.' && **at != '[') {
        *at += **at == '\\' && (*at)[1] != '\0';
        *to++ = *(*at)++;
    }
    if (name != NULL) {
        *to = '\0';
    }
    return name;
}

/* Makes a node that is nothing yet one of `kind`. False: it is something else. */
static bool become(struct node *node, enum node_kind kind)
{
    if (node->kind == NODE_NULL || (node->kind == NODE_TEXT && node->text[0] == '\0')) {
        node->kind = kind;
    }
    return node->kind == kind;
}

/* The child that a name, or an index in brackets, leads to; it is made if it is not there. NULL: it cannot
 * be. */
static struct node *descend(struct falco *falco, struct node *node, const char *name, size_t index)
{
    struct node *child;

    if (!become(node, name != NULL ? NODE_MAP : NODE_LIST)) {
        return NULL;
    }
    if (name == NULL && index < node->count) {
        return node->children[index];
    }
    child = name != NULL ? tree_get(node, name) : NULL;
    if (child != NULL || (name == NULL && index > node->count)) {
        return child;
    }
    child = forest_node(&falco->forest, NODE_NULL, falco->command_line, 0);
    return child != NULL && tree_set(node, name, child) ? child : NULL;
}

/* Follows the "[3]" and "[]" behind a name. */
static struct node *follow_brackets(struct falco *falco, struct node *node, const char **at)
{
    while (node != NULL && **at == '[') {
        char *end;
        size_t index = strtoul(*at + 1, &end, 10);

        if (*end != ']') {
            return NULL;
        }
        if (end == *at + 1) { /* "[]" is a new last one */
            index = node->kind == NODE_LIST ? node->count : 0;
        }
        node = descend(falco, node, NULL, index);
        *at = end + 1;
    }
    return node;
}

/* The node of "plugins[0].init_config.script", which is made if it is not there. NULL: there can be none. */
static struct node *find_node(struct falco *falco, const char *key)
{
    struct node *node = falco->root;
    const char *at = key;

    while (node != NULL && *at != '\0') {
        char *name = take_name(&at);

        node = name != NULL && name[0] != '\0' ? descend(falco, node, name, 0) : NULL;
        free(name);
        node = follow_brackets(falco, node, &at);
        at += *at == '.';
    }
    return node;
}

/* Gives the node what another holds: whoever points to the node sees it. */
static void replace_node(struct falco *falco, struct node *node, const struct node *given)
{
    node_clear(node);
    node->file = falco->command_line;
    node->line = 0;
    node->text = text_copy(given->text);
    node->kind = given->kind == NODE_TEXT && node->text == NULL ? NODE_NULL : given->kind;
    for (size_t i = 0; i < given->count; i++) {
        tree_set(node, given->keys != NULL ? given->keys[i] : NULL, given->children[i]);
    }
}

static void set_option(struct falco *falco, const char *option)
{
    const char *equals = strchr(option, '=');
    const char *value = equals != NULL ? equals + 1 : "";
    size_t length = strlen(value);
    char *key = equals != NULL ? strndup(option, (size_t)(equals - option)) : NULL;
    struct node *node = key != NULL ? find_node(falco, key) : NULL;
    struct node *given = NULL;

    free(key);
    if (node == NULL) {
        return; /* Falco says itself what is wrong with the option */
    }
    if (length > 1 && value[0] == '{' && value[length - 1] == '}') {
        given = tree_parse(&falco->forest, value, falco->command_line);
    } else {
        given = forest_node(&falco->forest, NODE_TEXT, falco->command_line, 0);
        if (given != NULL) {
            given->text = text_copy(value);
        }
    }
    if (given != NULL) {
        replace_node(falco, node, given);
    }
}

/* ---- included files ---- */

static void include_key(struct node *root, const char *key, struct node *value, enum strategy strategy)
{
    struct node *old = tree_get(root, key);

    if (strategy == STRATEGY_ADD_ONLY && old != NULL) {
        return;
    }
    if (strategy == STRATEGY_APPEND && value->kind == NODE_LIST && old != NULL && old->kind == NODE_LIST) {
        for (size_t i = 0; i < value->count; i++) {
            tree_set(old, NULL, value->children[i]);
        }
        return;
    }
    tree_set(root, key, value);
}

static void include_file(struct falco *falco, const char *path, enum strategy strategy)
{
    struct node *included = tree_read(&falco->forest, path, true);

    for (size_t i = 0; included != NULL && included->kind == NODE_MAP && i < included->count; i++) {
        if (strcmp(included->keys[i], INCLUDES) != 0) { /* Falco refuses it there */
            include_key(falco->root, included->keys[i], included->children[i], strategy);
        }
    }
}

static bool is_kind(const char *path, mode_t kind)
{
    struct stat status;

    return stat(path, &status) == 0 && (status.st_mode & S_IFMT) == kind;
}

/* All regular files of a folder, by name. */
static void include_folder(struct falco *falco, const char *folder, enum strategy strategy)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, NULL);

    for (int pass = 0; pass + 1 < count; pass++) { /* by bytes, not by the host's locale */
        for (int i = 0; i + 1 < count - pass; i++) {
            if (strcmp(entries[i]->d_name, entries[i + 1]->d_name) > 0) {
                struct dirent *later = entries[i];

                entries[i] = entries[i + 1];
                entries[i + 1] = later;
            }
        }
    }
    for (int i = 0; i < count; i++) {
        char *path = text_format("%s/%s", folder, entries[i]->d_name);

        if (path != NULL && is_kind(path, S_IFREG)) {
            include_file(falco, path, strategy);
        }
        free(path);
        free(entries[i]);
    }
    if (count >= 0) {
        free(entries);
    }
}

static enum strategy strategy_named(const char *name)
{
    if (name != NULL && strcmp(name, "override") == 0) {
        return STRATEGY_OVERRIDE;
    }
    return name != NULL && strcmp(name, "add-only") == 0 ? STRATEGY_ADD_ONLY : STRATEGY_APPEND;
}

static void include(struct falco *falco, const struct node *entry)
{
    const char *path = tree_text(entry->kind == NODE_MAP ? tree_get(entry, "path") : entry);
    enum strategy strategy = strategy_named(tree_text(tree_get(entry, "strategy")));

    if (path == NULL) {
        return;
    }
    if (is_kind(path, S_IFDIR)) {
        include_folder(falco, path, strategy);
    } else {
        include_file(falco, path, strategy);
    }
}

static void merge_includes(struct falco *falco)
{
    const struct node *includes = tree_get(falco->root, INCLUDES);

    if (includes != NULL && includes->kind == NODE_TEXT) {
        include(falco, includes);
    }
    for (size_t i = 0; includes != NULL && includes->kind == NODE_LIST && i < includes->count; i++) {
        include(falco, includes->children[i]);
    }
}

/* In Falco's own order: options of config_files, the included files, all options. */
static void read_config(struct falco *falco)
{
    falco->root = tree_read(&falco->forest, falco->config, true);
    if (falco->root == NULL || !become(falco->root, NODE_MAP)) {
        falco->root = NULL;
        return;
    }
    for (size_t i = 0; i < falco->option_count; i++) {
        if (strncmp(falco->options[i], INCLUDES, strlen(INCLUDES)) == 0) {
            set_option(falco, falco->options[i]);
        }
    }
    merge_includes(falco);
    for (size_t i = 0; i < falco->option_count; i++) {
        set_option(falco, falco->options[i]);
    }
}

void falcoconfig_read(struct candidates *candidates, char *const *words, size_t count, const char *directory)
{
    struct falco falco = {.forest = {.directory = directory}};

    falco.command_line = forest_file(&falco.forest, "-o", directory);
    if (falco.command_line != NULL && read_command_line(&falco, words, count)) {
        read_config(&falco);
        candidates_from_tree(candidates, falco.root);
    } else {
        candidates->no_memory = true;
    }
    free(falco.options);
    forest_free(&falco.forest);
}
