#include "plugin/foundfield.h"

#include "plugin/callbacks.h"
#include "plugin/fieldeval.h"
#include "plugin/fieldpaths.h"
#include "plugin/foundvalue.h"
#include "plugin/plugin.h"

/* The plain string that the path has found, the most frequent case: nothing more needs to be looked at.
 * False: it may be something else. */
static bool find_text(struct plugin *plugin, const struct scanned_path *path, struct eval_value *found)
{
    const struct extraction *extraction = &plugin->extraction;
    const struct event *event = extraction->scan.done ? fieldpaths_json(plugin) : NULL;

    if (event == NULL || path == NULL) {
        return false;
    }
    found->kind = EVAL_TEXT;
    found->text.data =
        pathscan_plain_text(&extraction->fields->paths, &extraction->scan, path, event, &found->text.size);
    return found->text.data != NULL;
}

/* Evaluates the function with whatever the path has found. False: it must be called. */
static bool evaluate_of_found(struct plugin *plugin, size_t number, const struct argument *argument,
                              const struct value *found, struct value *value)
{
    struct eval_value of;

    return foundvalue_eval(found->cells, plugin->vm.known.documents, &of) &&
           fieldeval_found(plugin, number, argument, &of, value);
}

void foundfield_extract(struct plugin *plugin, size_t number, const struct argument *argument,
                        struct value *value)
{
    struct scanned_path *path = fieldpaths_of(plugin, number, argument);
    bool tries = fieldeval_tries_found(plugin, number);
    struct eval_value text;
    struct value found;

    if (tries && find_text(plugin, path, &text)) {
        if (fieldeval_found(plugin, number, argument, &text, value)) {
            plugin->use[KEY_EXTRACT].calls++;
            return;
        }
        tries = false;
    }
    fieldpaths_evaluate(plugin, number, argument, path, &found);
    *value = (struct value){.outcome = VALUE_ABSENT};
    if (found.outcome == VALUE_FAILED) {
        callbacks_path_failed(plugin, number, value);
    } else if (found.outcome == VALUE_PRESENT && tries &&
               evaluate_of_found(plugin, number, argument, &found, value)) {
        plugin->use[KEY_EXTRACT].calls++;
    } else if (found.outcome == VALUE_PRESENT) {
        callbacks_found(plugin, number, argument, &found, value);
    }
}
