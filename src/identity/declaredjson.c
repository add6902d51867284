#include "identity/declaredjson.h"

#include "base/text.h"
#include "script/manifestchecks.h"

static bool add_flag(cJSON *object, const char *name, bool set)
{
    return !set || cJSON_AddTrueToObject(object, name) != NULL;
}

/* Plugin API 0.3.0: only whether there must be an argument. */
static bool add_argument_0(cJSON *object, const struct field *field)
{
    return add_flag(object, "argRequired", field->has_arg && field->arg_required);
}

static bool add_argument_3(cJSON *object, const struct field *field)
{
    cJSON *argument;

    if (!field->has_arg) {
        return true;
    }
    argument = cJSON_AddObjectToObject(object, "arg");
    return argument != NULL && add_flag(argument, "isRequired", field->arg_required) &&
           add_flag(argument, "isIndex", field->arg_index) && add_flag(argument, "isKey", field->arg_key);
}

static const char *type_name(const struct manifest *manifest, const struct field *field)
{
    if (manifest->api == ABI_3) {
        return field->type->name;
    }
    return cell_is_string_there(field->type->kind) ? "string" : "uint64";
}

static bool add_field(cJSON *list, const struct manifest *manifest, const struct field *field)
{
    cJSON *object = cJSON_CreateObject();
    cJSON *properties;

    if (object == NULL || !cJSON_AddItemToArray(list, object)) {
        cJSON_Delete(object);
        return false;
    }
    if (cJSON_AddStringToObject(object, "type", type_name(manifest, field)) == NULL ||
        cJSON_AddStringToObject(object, "name", field->name) == NULL ||
        cJSON_AddStringToObject(object, "desc", field->desc) == NULL ||
        (field->display != NULL && cJSON_AddStringToObject(object, "display", field->display) == NULL) ||
        !add_flag(object, "isList", field->list) || !add_flag(object, "addOutput", field->add_output)) {
        return false;
    }
    if (field->properties != NULL) {
        properties = cJSON_Duplicate(field->properties, true);
        if (properties == NULL || !cJSON_AddItemToObject(object, "properties", properties)) {
            cJSON_Delete(properties);
            return false;
        }
    }
    return manifest->api == ABI_3 ? add_argument_3(object, field) : add_argument_0(object, field);
}

char *declared_fields(const struct manifest *manifest)
{
    cJSON *list = cJSON_CreateArray();
    bool added = list != NULL;
    char *text;

    for (size_t i = 0; added && i < manifest->field_count; i++) {
        added = add_field(list, manifest, &manifest->fields[i]);
    }
    text = added ? cJSON_PrintUnformatted(list) : NULL;
    cJSON_Delete(list);
    return text;
}

/* `names`, or else the script's own event source, or else none: every source. */
static char *sources_text(const struct manifest *manifest, const cJSON *names)
{
    cJSON *list;
    cJSON *name;
    char *text = NULL;

    if (names != NULL) {
        return cJSON_PrintUnformatted(names);
    }
    if (manifest->event_source == NULL) {
        return text_copy("[]");
    }
    list = cJSON_CreateArray();
    name = cJSON_CreateString(manifest->event_source);
    if (name != NULL && cJSON_AddItemToArray(list, name)) {
        text = cJSON_PrintUnformatted(list);
    } else {
        cJSON_Delete(name);
    }
    cJSON_Delete(list);
    return text;
}

char *declared_extract_event_sources(const struct manifest *manifest)
{
    return sources_text(manifest, manifest->extract.sources);
}

char *declared_parse_event_sources(const struct manifest *manifest)
{
    return sources_text(manifest, manifest->parse.sources);
}

char *declared_async_event_sources(const struct manifest *manifest)
{
    return sources_text(manifest, manifest->async_event_sources);
}

char *declared_async_events(const struct manifest *manifest)
{
    return cJSON_PrintUnformatted(manifest->async_events);
}

char *declared_api_version(const struct manifest *manifest)
{
    if (manifest->required_api_version != NULL) {
        return text_copy(manifest->required_api_version);
    }
    if (manifest->api == ABI_0) {
        return text_copy("0.3.0");
    }
    return text_format("3.%u.0", manifest_lowest_minor(manifest));
}
