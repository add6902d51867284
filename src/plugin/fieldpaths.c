#include "plugin/fieldpaths.h"

#include "base/text.h"
#include "plugin/callbacks.h"
#include "plugin/plugin.h"

const char *fieldpaths_argument(const struct argument *argument, char digits[INTEGER_TEXT])
{
    if (argument->kind == ARGUMENT_INDEX) { /* up to INT64_MAX */
        integer_write((int64_t)argument->index, digits);
        return digits;
    }
    return argument->kind == ARGUMENT_KEY ? argument->key : NULL;
}

struct scanned_path *fieldpaths_of(struct plugin *plugin, size_t number, const struct argument *argument)
{
    struct field_states *fields = plugin->extraction.fields;
    const struct field *field = &plugin->script->fields[number];
    char digits[INTEGER_TEXT];
    const char *key;

    if (!field->path_has_arg) {
        return &fields->states[number].path;
    }
    key = fieldpaths_argument(argument, digits);
    return key != NULL ? pathscan_argument(&fields->paths, field, number, key) : NULL;
}

const struct event *fieldpaths_json(struct plugin *plugin)
{
    const struct extraction *extraction = &plugin->extraction;

    return payloadjson_is_payload(extraction->fields->format.state.format) ? extraction->event
                                                                           : callbacks_json(plugin);
}

void fieldpaths_evaluate(struct plugin *plugin, size_t number, const struct argument *argument,
                         struct scanned_path *path, struct value *value)
{
    struct extraction *extraction = &plugin->extraction;
    const struct field *field = &plugin->script->fields[number];
    const struct paths_request request =
        field_request(field, argument->kind == ARGUMENT_INDEX ? &argument->index : NULL);
    char digits[INTEGER_TEXT];

    const struct event *event = fieldpaths_json(plugin);

    value->outcome = event != NULL ? VALUE_ABSENT : VALUE_FAILED;
    if (event == NULL || !event->has_payload) {
        return;
    }
    if (path != NULL) {
        pathscan_answer(&extraction->fields->paths, &extraction->scan, plugin->script, number, path, event,
                        &request, &extraction->pool, value);
    } else if (field->path_has_arg && argument->kind != ARGUMENT_NONE) {
        pathscan_answer_key(&extraction->fields->paths, &extraction->scan, field,
                            fieldpaths_argument(argument, digits), event, &request, &extraction->pool, value);
    }
}

bool fieldpaths_is_other(struct plugin *plugin, struct value *value)
{
    struct extraction *extraction = &plugin->extraction;
    const struct event *event;

    if (extraction->when == VALUE_UNKNOWN || extraction->when == VALUE_FAILED) {
        event = fieldpaths_json(plugin);
        extraction->when = event == NULL ? VALUE_FAILED : VALUE_ABSENT;
        if (event != NULL && event->has_payload) {
            extraction->when = pathscan_finds(&extraction->fields->paths, &extraction->scan,
                                              &extraction->fields->when, event, &extraction->pool);
        }
    }
    if (extraction->when == VALUE_FAILED) {
        callbacks_fail(plugin, value,
                       extraction->json.stopped ? "when: the format's pattern took too long"
                                                : "when: " TEXT_OVER_LIMIT);
    } else if (extraction->when == VALUE_ABSENT) {
        value->outcome = VALUE_ABSENT;
    }
    return extraction->when != VALUE_PRESENT;
}
