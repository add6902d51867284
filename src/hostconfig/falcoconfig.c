/* Falco's configuration: falco.yaml, the files that it includes, and -o on the command line. */
#include "base/text.h"
#include "hostconfig/commandline.h"
#include "hostconfig/configuredplugins.h"
#include "hostconfig/initconfig.h"
#include "hostconfig/yamltree.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DEFAULT_CONFIG "/etc/falco/falco.yaml"
#define INCLUDES       "config_files"
#define PLUGINS        "plugins"
#define ACTIVE         "load_plugins"
#define TO_STDERR      "log_stderr"
#define LEAST          "log_level"
#define LIBS_LOG       "libs_logger" /* what plugins log goes there */

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

/* Falco's options that take a value, from 0.31 to 0.45. */
static const struct option_kind kinds[] = {
    {'c', false, NULL},
    {'o', false, "option"},
    {'D', false, NULL},
    {'e', false, NULL},
    {'g', false, "gvisor-config"},
    {'K', false, "k8s-api-cert"},
    {'k', false, "k8s-api"},
    {'l', false, NULL},
    {'M', false, NULL},
    {'m', false, "mesos-api"},
    {'P', false, "pidfile"},
    {'p', false, "print"},
    {'r', false, NULL},
    {'S', false, "snaplen"},
    {'s', false, NULL},
    {'T', false, NULL},
    {'t', false, NULL},
    {'V', false, "validate"},
    {0, false, "cri"},
    {0, false, "disable-source"},
    {0, false, "enable-source"},
    {0, false, "format"},
    {0, false, "gvisor-root"},
    {0, false, "k8s-node"},
    {0, false, "plugin-info"},
    {0, false, "stats-interval"},
    {0, false, NULL},
};

static bool read_options(struct falco *falco, char *const *words, size_t count)
{
    struct options options = {.kinds = kinds, .words = words, .count = count};
    const struct option_kind *kind;
    const char *value;

    falco->config = DEFAULT_CONFIG;
    falco->options = calloc(count + 1, sizeof(*falco->options));
    if (falco->options == NULL) {
        return false;
    }
    while ((kind = options_next(&options, &value)) != NULL) {
        if (kind->letter == 'c') {
            falco->config = value;
        } else if (kind->letter == 'o') {
            falco->options[falco->option_count++] = value;
        }
    }
    return true;
}

/* ---- one -o KEY=VALUE ---- */

/* The next part of a key, up to ".", "[" or the end, without escapes. NULL: out of memory. */
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

/* Gives a null node the kind. False: it has another one. */
static bool set_kind(struct node *node, enum node_kind kind)
{
    if (node->kind == NODE_NULL || (node->kind == NODE_TEXT && node->text[0] == '\0')) {
        node->kind = kind;
    }
    return node->kind == kind;
}

/* The child with a name, or an index in brackets; it is made if it does not exist. NULL: that is impossible.
 */
static struct node *descend(struct falco *falco, struct node *node, const char *name, size_t index)
{
    struct node *child;

    if (!set_kind(node, name != NULL ? NODE_MAP : NODE_LIST)) {
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

/* The node at a path such as "plugins[0].init_config.script", made if it does not exist. NULL: that is
 * impossible. */
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

/* Replaces the content of a node in place, so that every reference to the node sees it. */
static void replace_node(struct falco *falco, struct node *node, const struct node *given)
{
    node_clear(node);
    node->file = falco->command_line;
    node->line = 0;
    node->text = text_copy(given->text);
    node->quoted = given->quoted;
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

/* An empty list appends nothing: it does not even define the key. */
static void include_key(struct node *root, const char *key, struct node *value, enum strategy strategy)
{
    struct node *old = tree_get(root, key);
    bool appends = strategy == STRATEGY_APPEND && value->kind == NODE_LIST;

    if ((strategy == STRATEGY_ADD_ONLY && old != NULL) || (appends && value->count == 0)) {
        return;
    }
    if (!appends || old == NULL || old->kind != NODE_LIST) {
        tree_set(root, key, value);
        return;
    }
    for (size_t i = 0; i < value->count; i++) {
        tree_set(old, NULL, value->children[i]);
    }
}

/* True for the keys that this file needs. */
static bool is_needed(const char *key)
{
    static const char *const keys[] = {PLUGINS, ACTIVE, TO_STDERR, LEAST, LIBS_LOG};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strcmp(key, keys[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void include_file(struct falco *falco, const char *path, enum strategy strategy)
{
    struct node *included = tree_read(&falco->forest, path, true);

    for (size_t i = 0; included != NULL && included->kind == NODE_MAP && i < included->count; i++) {
        const char *key = included->keys[i];

        if (is_needed(key)) {
            include_key(falco->root, key, included->children[i], strategy);
        }
    }
}

static bool is_kind(const char *path, mode_t kind)
{
    struct stat status;

    return stat(path, &status) == 0 && (status.st_mode & S_IFMT) == kind;
}

/* Compares names by bytes: alphasort() uses the host's locale. */
static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* All regular files of a directory, by name. */
static void include_directory(struct falco *falco, const char *directory, enum strategy strategy)
{
    struct dirent **entries = NULL;
    int count = scandir(directory, &entries, NULL, compare_names);

    for (int i = 0; i < count; i++) {
        char *path = text_format("%s/%s", directory, entries[i]->d_name);

        if (path != NULL && is_kind(path, S_IFREG)) {
            include_file(falco, path, strategy);
        }
        free(path);
        free(entries[i]);
    }
    free(entries);
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
        include_directory(falco, path, strategy);
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

/* Applies them in Falco's order: options for config_files, the included files, all options. */
static void read_config(struct falco *falco)
{
    falco->root = tree_read(&falco->forest, falco->config, true);
    if (falco->root == NULL || !set_kind(falco->root, NODE_MAP)) {
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

/* ---- its plugins ---- */

/* Adds the first entry called `name`. */
static void add_named(struct configured_plugins *candidates, const struct node *plugins, const char *name)
{
    for (size_t i = 0; name != NULL && i < plugins->count; i++) {
        const char *own = tree_text(tree_get(plugins->children[i], "name"));

        if (own != NULL && strcmp(own, name) == 0) {
            configured_plugins_add_entry(candidates, plugins->children[i]);
            return;
        }
    }
}

/* Adds the plugins that load_plugins names, or all if it is absent; an empty list means none. */
static void add_active(struct configured_plugins *candidates, const struct node *root)
{
    const struct node *plugins = tree_get(root, PLUGINS);
    const struct node *active = tree_get(root, ACTIVE);

    if (plugins == NULL || plugins->kind != NODE_LIST) {
        return;
    }
    for (size_t i = 0; active == NULL && i < plugins->count; i++) {
        configured_plugins_add_entry(candidates, plugins->children[i]);
    }
    for (size_t i = 0; active != NULL && active->kind == NODE_LIST && i < active->count; i++) {
        add_named(candidates, plugins, tree_text(active->children[i]));
    }
    add_named(candidates, plugins, tree_text(active)); /* one name, without a list */
}

/* ---- its log ---- */

static bool is_true(const struct node *node)
{
    const char *text = tree_text(node);
    bool value;

    return text != NULL && init_config_is_bool(text, &value) && value;
}

/* True if the configured log level hides errors. */
static bool hides_errors(const struct node *least)
{
    static const char *const graver[] = {"emergency", "alert", "critical", "fatal"};
    const char *text = tree_text(least);

    for (size_t i = 0; text != NULL && i < sizeof(graver) / sizeof(graver[0]); i++) {
        if (strcmp(text, graver[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Only explicit settings count: the defaults differ between versions. */
static bool shows_log(const struct node *root)
{
    const struct node *libs = tree_get(root, LIBS_LOG);

    return is_true(tree_get(root, TO_STDERR)) && is_true(tree_get(libs, "enabled")) &&
           !hides_errors(tree_get(root, LEAST)) && !hides_errors(tree_get(libs, "severity"));
}

void falcoconfig_read(struct configured_plugins *candidates, char *const *words, size_t count,
                      const char *directory)
{
    struct falco falco = {.forest = {.directory = directory}};

    falco.command_line = forest_file(&falco.forest, "-o", directory);
    if (falco.command_line != NULL && read_options(&falco, words, count)) {
        read_config(&falco);
        add_active(candidates, falco.root);
        candidates->shows_log = shows_log(falco.root);
    } else {
        candidates->no_memory = true;
    }
    configured_plugins_take_fault(candidates, &falco.forest);
    free(falco.options);
    forest_free(&falco.forest);
}
