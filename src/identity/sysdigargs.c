/* sysdig's and csysdig's plugins: -H and --plugin-config-file on the command line. */
#include "identity/candidates.h"
#include "identity/yamltree.h"
#include "script/text.h"

#include <stdlib.h>
#include <string.h>

/* Short options with a value, as sysdig 0.29 and 0.41 have them; that of -B stands in the same word. */
static const char with_value[] = "cCegGHIikKmMnprstUWw";

/* "NAME-OR-PATH[:INIT_CONFIG]" */
static void add_option(struct candidates *candidates, const char *value, const char *directory)
{
    const char *colon = strchr(value, ':');
    struct candidate *candidate = candidates_add(candidates);

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

static void add_file(struct candidates *candidates, const char *path, const char *directory)
{
    struct forest forest = {.directory = directory};

    candidates_from_tree(candidates, tree_read(&forest, path, false)); /* sysdig replaces no variables */
    forest_free(&forest);
}

/* A long option; getopt takes any begin of it that is no other's. Answers how many more words it takes. */
static size_t read_long(struct candidates *candidates, const char *name, const char *next,
                        const char *directory)
{
    static const char file_option[] = "plugin-config-file";
    const char *equals = strchr(name, '=');
    size_t length = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const char *value = equals != NULL ? equals + 1 : next;

    if (value == NULL) {
        return 0;
    }
    if (length == strlen("plugin") && strncmp(name, "plugin", length) == 0) {
        add_option(candidates, value, directory);
    } else if (length > strlen("plugin-") && strncmp(name, file_option, length) == 0) {
        add_file(candidates, value, directory);
    } else {
        return 0;
    }
    return equals == NULL;
}

/* A word of short options. Answers how many more words it takes. */
static size_t read_short(struct candidates *candidates, const char *letters, const char *next,
                         const char *directory)
{
    for (; *letters != '\0' && *letters != 'B'; letters++) {
        const char *value = letters[1] != '\0' ? letters + 1 : next;

        if (strchr(with_value, *letters) == NULL) {
            continue;
        }
        if (*letters == 'H' && value != NULL) {
            add_option(candidates, value, directory);
        }
        return letters[1] == '\0';
    }
    return 0;
}

void sysdigargs_read(struct candidates *candidates, char *const *words, size_t count, const char *directory)
{
    for (size_t at = 1; at < count && strcmp(words[at], "--") != 0; at++) {
        const char *next = at + 1 < count ? words[at + 1] : NULL;

        if (strncmp(words[at], "--", 2) == 0) {
            at += read_long(candidates, words[at] + 2, next, directory);
        } else if (words[at][0] == '-') {
            at += read_short(candidates, words[at] + 1, next, directory);
        }
    }
}
