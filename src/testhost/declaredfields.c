#include "testhost/declaredfields.h"

#include "testhost/message.h"

#include <cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    uint32_t number;
    enum field_cell cell;
} types[] = {
#define FIELD_TYPE(identifier, name, number, cell, ...) {name, number, FIELD_##cell},
#include "event/fieldtypes.def"
#undef FIELD_TYPE
};

/* Those that API 0.3.0 loads. (It also loads int64 and float, and throws when one is extracted.) */
static bool is_old(const char *type)
{
    return strcmp(type, "string") == 0 || strcmp(type, "uint64") == 0;
}

/* A member's text; "" where there is none. */
static const char *text_of(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));

    return text != NULL ? text : "";
}

/* Reads a member that may be missing or null and else has to be a boolean. */
static bool read_flag(const cJSON *object, const char *key, bool *flag, const char *plugin, const char *field,
                      char *message)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

    *flag = cJSON_IsTrue(item);
    if (item == NULL || cJSON_IsNull(item) || cJSON_IsBool(item))
        return true;
    return message_fail(message, "error in plugin %s: field %s %s property is not boolean", plugin, field,
                        key);
}

static bool read_argument(struct field *field, const cJSON *arg, const char *plugin, char *message)
{
    if (arg == NULL || cJSON_IsNull(arg))
        return true;
    if (!read_flag(arg, "isRequired", &field->required, plugin, field->name, message) ||
        !read_flag(arg, "isIndex", &field->index, plugin, field->name, message) ||
        !read_flag(arg, "isKey", &field->key, plugin, field->name, message))
        return false;
    if (field->required && !field->index && !field->key)
        return message_fail(
            message,
            "error in plugin %s: field %s arg has isRequired true, but none of isKey nor isIndex is true",
            plugin, field->name);
    return true;
}

static bool read_properties(struct field *field, const cJSON *properties, const char *plugin, char *message)
{
    const cJSON *property;

    if (properties == NULL || cJSON_IsNull(properties))
        return true;
    if (!cJSON_IsArray(properties))
        return message_fail(message, "error in plugin %s: field %s properties property is not array ", plugin,
                            field->name);
    cJSON_ArrayForEach(property, properties)
    {
        if (!cJSON_IsString(property))
            return message_fail(message, "error in plugin %s: field %s properties value is not string ",
                                plugin, field->name);
        if (!string_list_add(&field->properties, property->valuestring))
            return message_no_memory(message);
    }
    return true;
}

static bool read_type(struct field *field, int api, const char *plugin, char *message)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i].name, field->type) == 0 && (api != 0 || is_old(field->type))) {
            field->number = types[i].number;
            field->cell = types[i].cell;
            return true;
        }
    return message_fail(message, "error in plugin %s: invalid field type %s", plugin, field->type);
}

static bool read_field(struct field *field, int api, const cJSON *json, const char *plugin, char *message)
{
    static const char *const needed[] = {"type", "name", "desc"};

    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (text_of(json, needed[i])[0] == '\0')
            return message_fail(message, "error in plugin %s: field JSON entry has no %s", plugin, needed[i]);
    field->name = strdup(text_of(json, "name"));
    field->type = strdup(text_of(json, "type"));
    field->desc = strdup(text_of(json, "desc"));
    field->display = strdup(text_of(json, "display"));
    if (field->name == NULL || field->type == NULL || field->desc == NULL || field->display == NULL)
        return message_no_memory(message);
    if (!read_type(field, api, plugin, message))
        return false;
    if (api == 0) {
        if (!read_flag(json, "argRequired", &field->required, plugin, field->name, message))
            return false;
        field->key = true; /* any field takes an argument there, always as text */
    } else if (!read_flag(json, "isList", &field->list, plugin, field->name, message) ||
               !read_flag(json, "addOutput", &field->add_output, plugin, field->name, message) ||
               !read_argument(field, cJSON_GetObjectItemCaseSensitive(json, "arg"), plugin, message)) {
        return false;
    }
    return read_properties(field, cJSON_GetObjectItemCaseSensitive(json, "properties"), plugin, message);
}

/* By name; of equal ones the first counts, as in libsinsp. */
static int compare_fields(const void *a, const void *b)
{
    const struct field *const *x = a, *const *y = b;
    int order = strcmp((*x)->name, (*y)->name);

    return order != 0 ? order : (*x > *y) - (*x < *y);
}

static bool sort_by_name(struct field_list *list, char *message)
{
    list->by_name = calloc(list->count + 1, sizeof *list->by_name);
    if (list->by_name == NULL)
        return message_no_memory(message);
    for (size_t i = 0; i < list->count; i++)
        list->by_name[i] = &list->items[i];
    qsort(list->by_name, list->count, sizeof *list->by_name, compare_fields);
    return true;
}

bool fields_read(struct field_list *list, int api, const char *plugin, const char *text, char *message)
{
    cJSON *json = cJSON_Parse(text);
    const cJSON *entry;
    bool fine = true;

    if (!cJSON_IsArray(json)) {
        cJSON_Delete(json);
        return message_fail(message, "error in plugin %s: get_fields returned an invalid JSON", plugin);
    }
    list->items = calloc((size_t)cJSON_GetArraySize(json) + 1, sizeof *list->items);
    if (list->items == NULL)
        fine = message_no_memory(message);
    cJSON_ArrayForEach(entry, json)
    {
        if (!fine)
            break;
        fine = read_field(&list->items[list->count++], api, entry, plugin, message);
    }
    cJSON_Delete(json);
    fine = fine && sort_by_name(list, message);
    if (fine && list->count == 0 && api != 0)
        return message_fail(
            message, "error in plugin %s: plugins with extraction capability must export at least one field",
            plugin);
    return fine;
}

void fields_free(struct field_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct field *field = &list->items[i];
        free(field->name);
        free(field->type);
        free(field->desc);
        free(field->display);
        string_list_free(&field->properties);
    }
    free(list->items);
    free(list->by_name);
    memset(list, 0, sizeof *list);
}

/* A name of which the first `length` bytes count. */
struct name {
    const char *text;
    size_t length;
};

static int compare_to_field(const void *wanted, const void *item)
{
    const struct name *name = wanted;
    const struct field *const *field = item;
    int order = strncmp(name->text, (*field)->name, name->length);

    return order != 0 ? order : -((*field)->name[name->length] != '\0');
}

static const struct field *find_field(const struct field_list *list, const char *name, size_t length)
{
    const struct name wanted = {name, length};
    const struct field *const *found =
        bsearch(&wanted, list->by_name, list->count, sizeof(*list->by_name), compare_to_field);

    while (found != NULL && found > list->by_name && strcmp(found[-1]->name, (*found)->name) == 0)
        found--;
    return found != NULL ? *found : NULL;
}

/* Digits only, no leading zero, at most 64 bits: else it is no index. NULL: fine. */
static const char *read_index(const char *text, uint64_t *index)
{
    size_t length = strlen(text);
    char *end;
    unsigned long long number;

    if (strspn(text, "0123456789") != length)
        return "has an invalid index argument not composed only by digits";
    if (length == 0 || (length > 1 && text[0] == '0'))
        return "has an invalid index argument starting with 0";
    errno = 0;
    number = strtoull(text, &end, 10);
    if (errno != 0)
        return "has an invalid index argument not representable on 64 bit";
    *index = number;
    return NULL;
}

bool field_request_read(struct field_request *request, const struct field_list *list, int api,
                        const char *text, char *message)
{
    size_t name = strcspn(text, "[");
    const char *close = strchr(text, ']');
    const char *fault = NULL;

    request->argument = NULL;
    request->index = UINT64_MAX;
    request->field = find_field(list, text, name);
    if (request->field == NULL)
        return message_fail(message, "the plugin has no field '%.*s'", (int)name, text);
    request->id = (uint32_t)(request->field - list->items);
    if (text[name] == '\0') {
        if (request->field->required && api != 0)
            return message_fail(message, "filter '%s': %s requires an argument but none provided", text,
                                request->field->name);
        return true;
    }
    if (close == NULL || close[1] != '\0')
        return message_fail(message, "filter '%s': %s has unbalanced argument brackets", text,
                            request->field->name);
    request->argument = strndup(text + name + 1, (size_t)(close - text) - name - 1);
    if (request->argument == NULL)
        return message_no_memory(message);
    if (!request->field->index && !request->field->key)
        fault = "does not allow nor require an argument but one is provided";
    else if (request->field->index)
        fault = read_index(request->argument, &request->index);
    if (fault != NULL && !request->field->key) {
        message_fail(message, "filter '%s': %s %s: %s", text, request->field->name, fault, request->argument);
        free(request->argument);
        request->argument = NULL;
        return false;
    }
    return true;
}
