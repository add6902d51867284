/* sysdig's and csysdig's plugins: -H and --plugin-config-file on the command line. */
#include "base/text.h"
#include "hostconfig/commandline.h"
#include "hostconfig/configuredplugins.h"
#include "hostconfig/yamltree.h"

#include <stdlib.h>
#include <string.h>

#define FILE_OPTION "plugin-config-file"

/* The options of sysdig 0.29 to 0.41 that take a value. csysdig has fewer, and none of our own. */
static const struct option_kind kinds[] = {
    {'B', true, "bpf"},
    {'C', false, "file-size"},
    {'c', false, "chisel"},
    {'e', false, "event-limit"},
    {'G', false, "seconds"},
    {'g', false, "gvisor-config"},
    {'H', false, "plugin"},
    {'I', false, "input"},
    {'i', false, "chisel-info"},
    {'K', false, "k8s-api-cert"},
    {'k', false, "k8s-api"},
    {'M', false, NULL},
    {'m', false, "mesos-api"},
    {'n', false, "numevents"},
    {'p', false, "print"},
    {'r', false, "readfile"},
    {'s', false, "snaplen"},
    {'T', false, "force-tracers-capture"},
    {'t', false, "timetype"},
    {'U', false, "suppress-comm"},
    {'u', false, "udig"},
    {'W', false, "limit"},
    {'w', false, "writefile"},
    {0, false, "cpus-for-each-buffer"},
    {0, false, "cri"},
    {0, false, "cri-timeout"},
    {0, false, "gvisor-root"},
    {0, false, "log-level"},
    {0, false, "node-name"},
    {0, false, FILE_OPTION},
    {0, false, "plugin-info"},
    {0, false, "progress"},
    {0, false, NULL},
};

/* "NAME-OR-PATH[:INIT_CONFIG]" */
static void add_option(struct configured_plugins *candidates, const char *value, const char *directory)
{
    const char *colon = strchr(value, ':');
    struct configured_plugin *candidate = configured_plugins_add(candidates);

    if (candidate == NULL) {
        return;
    }
    candidate->library = strndup(value, colon != NULL ? (size_t)(colon - value) : strlen(value));
    candidate->origin = text_copy("-H");
    candidate->base = text_copy(directory);
    candidate->init_config = text_copy(colon != NULL ? colon + 1 : "");
    candidates->no_memory = candidates->no_memory || candidate->library == NULL ||
                            candidate->origin == NULL || candidate->base == NULL ||
                            candidate->init_config == NULL;
}

/* True unless `load_plugins` is a list without the entry. */
static bool is_active(const struct node *active, const struct node *entry)
{
    const char *name = tree_text(tree_get(entry, "name"));

    if (active == NULL || active->kind != NODE_LIST) {
        return true;
    }
    for (size_t i = 0; i < active->count; i++) {
        const char *listed = tree_text(active->children[i]);

        if (name != NULL && listed != NULL && strcmp(name, listed) == 0) {
            return true;
        }
    }
    return false;
}

static void add_file(struct configured_plugins *candidates, const char *path, const char *directory)
{
    struct forest forest = {.directory = directory};
    const struct node *root = tree_read(&forest, path, false); /* sysdig replaces no variables */
    const struct node *plugins = tree_get(root, "plugins");
    const struct node *active = tree_get(root, "load_plugins");

    for (size_t i = 0; plugins != NULL && plugins->kind == NODE_LIST && i < plugins->count; i++) {
        if (is_active(active, plugins->children[i])) {
            configured_plugins_add_entry(candidates, plugins->children[i]);
        }
    }
    configured_plugins_take_fault(candidates, &forest);
    forest_free(&forest);
}

void sysdigargs_read(struct configured_plugins *candidates, char *const *words, size_t count,
                     const char *directory)
{
    struct options options = {.kinds = kinds, .words = words, .count = count};
    const struct option_kind *kind;
    const char *value;

    while ((kind = options_next(&options, &value)) != NULL) {
        if (kind->letter == 'H') {
            add_option(candidates, value, directory);
        } else if (kind->name != NULL && strcmp(kind->name, FILE_OPTION) == 0) {
            add_file(candidates, value, directory);
        }
    }
}
