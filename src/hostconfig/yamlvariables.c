#include "hostconfig/yamlvariables.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* Bytes that replacing variables may copy. Falco looks at what it replaced again, and so may never end. */
#define MOST_COPIED (256u << 20)
#define ONE_COPY    1000u

/* Replaces `text[from, from + length)` by `by`, in a new text. */
static char *replace_part(char *text, size_t from, size_t length, const char *by)
{
    char *joined = text_format("%.*s%s%s", (int)from, text, by, text + from + length);

    free(text);
    return joined;
}

/* Counts what replacing copies. False: that is enough. */
static bool count_copied(struct forest *forest, const struct node *node)
{
    forest->copied += strlen(node->text) + ONE_COPY;
    if (forest->copied > MOST_COPIED) {
        forest_give_reason(forest, node->file, node->line, "replacing variables does not end");
        return false;
    }
    return true;
}

/* "${NAME}" becomes the variable's value, or nothing; "$${x}" becomes "${x}". As Falco does it: what came in
 * is looked at again, and behind a lone "$" nothing is replaced. False: too much, or out of memory. */
static bool replace_variables(struct forest *forest, struct node *node)
{
    size_t at = 0;

    while (node->text[at += strcspn(node->text + at, "$")] != '\0') {
        bool escaped = strncmp(node->text + at, "$${", 3) == 0;
        const char *close = strchr(node->text + at, '}');
        char *name;

        if (close == NULL || (!escaped && node->text[at + 1] != '{')) {
            return true;
        }
        if (!count_copied(forest, node)) {
            return false;
        }
        if (escaped) {
            node->text = replace_part(node->text, at, 1, "");
            at++;
        } else {
            name = strndup(node->text + at + 2, (size_t)(close - node->text) - at - 2);
            if (name == NULL) {
                return false;
            }
            node->text =
                replace_part(node->text, at, strlen(name) + 3, getenv(name) != NULL ? getenv(name) : "");
            free(name);
        }
        if (node->text == NULL) {
            return false;
        }
    }
    return true;
}

bool yaml_replace_variables(struct forest *forest, const struct yaml_file *file)
{
    for (struct node *node = forest->nodes; node != NULL; node = node->next) {
        if (node->file == file && node->kind == NODE_TEXT && !replace_variables(forest, node)) {
            return false;
        }
    }
    return true;
}
