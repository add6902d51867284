#include "identity/schema.h"

#include "script/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Deepest nesting of a schema that is looked into. */
#define DEEPEST 32

static bool is_integral(const cJSON *item)
{
    return cJSON_IsNumber(item) && item->valuedouble == floor(item->valuedouble);
}

static bool is_boolean(const cJSON *item)
{
    return cJSON_IsBool(item);
}

static bool is_string(const cJSON *item)
{
    return cJSON_IsString(item);
}

static bool is_number(const cJSON *item)
{
    return cJSON_IsNumber(item);
}

static bool is_array(const cJSON *item)
{
    return cJSON_IsArray(item);
}

static bool is_object(const cJSON *item)
{
    return cJSON_IsObject(item);
}

static bool is_null(const cJSON *item)
{
    return cJSON_IsNull(item);
}

static const struct schema_type {
    const char *name;
    const char *article;
    bool (*accepts)(const cJSON *item);
} schema_types[] = {
    {"string", "a string", is_string}, {"integer", "an integer", is_integral},
    {"number", "a number", is_number}, {"boolean", "a boolean", is_boolean},
    {"array", "an array", is_array},   {"object", "an object", is_object},
    {"null", "null", is_null},
};

#define TYPE_COUNT (sizeof(schema_types) / sizeof(schema_types[0]))

static const struct schema_type *type_named(const char *name)
{
    for (size_t i = 0; name != NULL && i < TYPE_COUNT; i++) {
        if (strcmp(schema_types[i].name, name) == 0) {
            return &schema_types[i];
        }
    }
    return NULL;
}

/* The type of what came, for messages; an integral number is an integer. */
static const char *type_of(const cJSON *item)
{
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (schema_types[i].accepts(item)) {
            return schema_types[i].name;
        }
    }
    return "nothing";
}

/* Keeps the text of what is wrong (NULL where memory is out), and answers false. */
static bool refuse(char **problem, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool refuse(char **problem, const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    *problem = text_copy(text);
    return false;
}

/* "type" is a name or a list of names. */
static bool check_type(const cJSON *item, const cJSON *schema, const char *what, char **problem)
{
    const cJSON *wanted = cJSON_GetObjectItemCaseSensitive(schema, "type");
    const struct schema_type *type = type_named(cJSON_GetStringValue(wanted));
    const cJSON *name;

    if (type != NULL) {
        return type->accepts(item) ||
               refuse(problem, "%s: expected %s, got %s", what, type->article, type_of(item));
    }
    if (!cJSON_IsArray(wanted)) {
        return true;
    }
    cJSON_ArrayForEach(name, wanted)
    {
        type = type_named(cJSON_GetStringValue(name));
        if (type == NULL || type->accepts(item)) {
            return true;
        }
    }
    return refuse(problem, "%s: got %s, which is none of the types that are expected", what, type_of(item));
}

static bool check_enum(const cJSON *item, const cJSON *schema, const char *what, char **problem)
{
    const cJSON *choices = cJSON_GetObjectItemCaseSensitive(schema, "enum");
    const cJSON *choice;
    char *listed;

    if (!cJSON_IsArray(choices)) {
        return true;
    }
    cJSON_ArrayForEach(choice, choices)
    {
        if (cJSON_Compare(item, choice, true)) {
            return true;
        }
    }
    listed = cJSON_PrintUnformatted(choices);
    refuse(problem, "%s: expected one of %s", what, listed != NULL ? listed : "those in the schema");
    cJSON_free(listed);
    return false;
}

static bool check_range(const cJSON *item, const cJSON *schema, const char *what, char **problem)
{
    const cJSON *least = cJSON_GetObjectItemCaseSensitive(schema, "minimum");
    const cJSON *most = cJSON_GetObjectItemCaseSensitive(schema, "maximum");

    if (!cJSON_IsNumber(item)) {
        return true;
    }
    if (cJSON_IsNumber(least) && item->valuedouble < least->valuedouble) {
        return refuse(problem, "%s: expected at least %.15g", what, least->valuedouble);
    }
    if (cJSON_IsNumber(most) && item->valuedouble > most->valuedouble) {
        return refuse(problem, "%s: expected at most %.15g", what, most->valuedouble);
    }
    return true;
}

static bool check_item(cJSON *item, const cJSON *schema, const char *what, int depth, char **problem);

static bool check_items(const cJSON *list, const cJSON *schema, const char *what, int depth, char **problem)
{
    const cJSON *of_each = cJSON_GetObjectItemCaseSensitive(schema, "items");
    cJSON *item;
    int number = 0;

    if (!cJSON_IsArray(list) || !cJSON_IsObject(of_each)) {
        return true;
    }
    cJSON_ArrayForEach(item, list)
    {
        char name[256];

        snprintf(name, sizeof(name), "%s[%d]", what, number++);
        if (!check_item(item, of_each, name, depth + 1, problem)) {
            return false;
        }
    }
    return true;
}

/* One declared property: there, and as it should be; or its default is put in. */
static bool check_property(cJSON *object, const cJSON *property, const char *what, int depth, char **problem)
{
    cJSON *item = cJSON_GetObjectItemCaseSensitive(object, property->string);
    const cJSON *fallback = cJSON_GetObjectItemCaseSensitive(property, "default");
    char name[256];

    if (item == NULL && fallback != NULL) {
        cJSON *copy = cJSON_Duplicate(fallback, true);

        if (copy == NULL || !cJSON_AddItemToObject(object, property->string, copy)) {
            cJSON_Delete(copy);
            return refuse(problem, TEXT_NO_MEMORY);
        }
    }
    if (item == NULL) {
        return true;
    }
    snprintf(name, sizeof(name), "%s.%s", what, property->string);
    return check_item(item, property, name, depth + 1, problem);
}

static bool is_missing(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name) == NULL;
}

/* `required` as the list of a JSON Schema, or as the boolean of a declared property. */
static bool check_required(const cJSON *object, const cJSON *schema, const char *what, char **problem)
{
    const cJSON *name, *property, *type;

    cJSON_ArrayForEach(name, cJSON_GetObjectItemCaseSensitive(schema, "required"))
    {
        if (cJSON_IsString(name) && is_missing(object, name->valuestring)) {
            return refuse(problem, "%s: \"%s\" is missing", what, name->valuestring);
        }
    }
    cJSON_ArrayForEach(property, cJSON_GetObjectItemCaseSensitive(schema, "properties"))
    {
        if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(property, "required")) &&
            is_missing(object, property->string)) {
            type = cJSON_GetObjectItemCaseSensitive(property, "type");
            return refuse(problem, "%s: \"%s\" is missing (%s)", what, property->string,
                          cJSON_IsString(type) ? type->valuestring : "any type");
        }
    }
    return true;
}

static bool check_properties(cJSON *object, const cJSON *schema, const char *what, int depth, char **problem)
{
    const cJSON *property;

    if (!cJSON_IsObject(object)) {
        return true;
    }
    if (!check_required(object, schema, what, problem)) {
        return false;
    }
    cJSON_ArrayForEach(property, cJSON_GetObjectItemCaseSensitive(schema, "properties"))
    {
        if (!check_property(object, property, what, depth, problem)) {
            return false;
        }
    }
    return true;
}

static bool check_item(cJSON *item, const cJSON *schema, const char *what, int depth, char **problem)
{
    if (depth > DEEPEST || !cJSON_IsObject(schema)) {
        return true;
    }
    return check_type(item, schema, what, problem) && check_enum(item, schema, what, problem) &&
           check_range(item, schema, what, problem) && check_properties(item, schema, what, depth, problem) &&
           check_items(item, schema, what, depth, problem);
}

bool schema_check_whole(cJSON *object, const cJSON *schema, const char *what, char **problem)
{
    *problem = NULL;
    return check_item(object, schema, what, 0, problem);
}

/* A key that is not among `properties`. */
static bool refuse_key(const cJSON *properties, const char *key, const char *what, char **problem)
{
    size_t count = (size_t)cJSON_GetArraySize(properties), i = 0;
    const char **names = calloc(count + 1, sizeof(*names));
    const cJSON *property;
    const char *nearest;

    if (names == NULL) {
        return refuse(problem, TEXT_NO_MEMORY);
    }
    cJSON_ArrayForEach(property, properties)
    {
        names[i++] = property->string;
    }
    nearest = text_nearest(key, names);
    free(names);
    if (nearest != NULL) {
        return refuse(problem, "%s: unknown key \"%s\"; did you mean \"%s\"?", what, key, nearest);
    }
    return refuse(problem, "%s: unknown key \"%s\"; the script declares %s", what, key,
                  count > 0 ? "other keys" : "none");
}

bool schema_check_declared(cJSON *object, const cJSON *properties, const char *what, char **problem)
{
    cJSON schema = {.type = cJSON_Object};
    cJSON borrowed = *properties; /* the same children, under the name that a schema has for them */
    char name[] = "properties";
    const cJSON *item;

    *problem = NULL;
    cJSON_ArrayForEach(item, object)
    {
        if (is_missing(properties, item->string)) {
            return refuse_key(properties, item->string, what, problem);
        }
    }
    borrowed.string = name;
    borrowed.next = borrowed.prev = NULL;
    schema.child = &borrowed;
    return check_item(object, &schema, what, 0, problem);
}

/* One declared property; its default must be what it demands. */
static void check_declaration(const cJSON *property, const char *key, struct findings *findings)
{
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(property, "type");
    cJSON *fallback = cJSON_GetObjectItemCaseSensitive(property, "default");
    char *problem = NULL;

    if (!cJSON_IsObject(property)) {
        findings_add(findings, property->string, "%s.%s: expected a table such as { type = \"string\" }", key,
                     property->string);
        return;
    }
    if (strcmp(key, "config") == 0 &&
        (strcmp(property->string, "script") == 0 || strcmp(property->string, "lure") == 0)) {
        findings_add(findings, property->string,
                     "%s.%s: this key of init_config is lure's own; choose another name", key,
                     property->string);
    }
    if (cJSON_IsString(type) && type_named(type->valuestring) == NULL) {
        findings_add(findings, property->string,
                     "%s.%s.type: unknown type \"%s\"; there are string, integer, number, "
                     "boolean, array and object",
                     key, property->string, type->valuestring);
        return;
    }
    if (fallback != NULL && !check_item(fallback, property, "default", 0, &problem)) {
        findings_add(findings, property->string, "%s.%s.%s", key, property->string,
                     problem != NULL ? problem : TEXT_NO_MEMORY);
    }
    free(problem);
}

void schema_check_properties(const cJSON *properties, const char *key, struct findings *findings)
{
    const cJSON *property;

    if (properties == NULL) {
        return;
    }
    if (!cJSON_IsObject(properties)) {
        if (!cJSON_IsArray(properties) || cJSON_GetArraySize(properties) > 0) {
            findings_add(findings, key, "%s: expected a table of properties by name", key);
        }
        return;
    }
    cJSON_ArrayForEach(property, properties)
    {
        check_declaration(property, key, findings);
    }
}

/* Takes `required` and `secret` out of every property, and adds the names of the required ones to `names`. */
static bool clean_properties(cJSON *properties, cJSON *names)
{
    cJSON *property;

    cJSON_ArrayForEach(property, properties)
    {
        if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(property, "required"))) {
            cJSON *name = cJSON_CreateString(property->string);

            if (name == NULL || !cJSON_AddItemToArray(names, name)) {
                cJSON_Delete(name);
                return false;
            }
        }
        if (cJSON_IsBool(cJSON_GetObjectItemCaseSensitive(property, "required"))) {
            cJSON_DeleteItemFromObjectCaseSensitive(property, "required");
        }
        cJSON_DeleteItemFromObjectCaseSensitive(property, "secret");
    }
    return true;
}

/* Permits `script` and `lure`, whatever the script's schema says of other keys. */
static bool permit_own_keys(cJSON *schema)
{
    cJSON *properties = cJSON_GetObjectItemCaseSensitive(schema, "properties");
    cJSON *own;

    if (properties == NULL) {
        properties = cJSON_AddObjectToObject(schema, "properties");
    }
    if (!cJSON_IsObject(properties)) {
        return properties != NULL;
    }
    cJSON_DeleteItemFromObjectCaseSensitive(properties, "script");
    cJSON_DeleteItemFromObjectCaseSensitive(properties, "lure");
    own = cJSON_AddObjectToObject(properties, "script");
    if (own == NULL || cJSON_AddStringToObject(own, "type", "string") == NULL) {
        return false;
    }
    own = cJSON_AddObjectToObject(properties, "lure");
    return own != NULL && cJSON_AddStringToObject(own, "type", "object") != NULL;
}

static cJSON *schema_of_properties(const cJSON *properties)
{
    cJSON *schema = cJSON_CreateObject();
    cJSON *copy = cJSON_IsObject(properties) ? cJSON_Duplicate(properties, true) : cJSON_CreateObject();
    cJSON *names = cJSON_CreateArray();
    bool made =
        schema != NULL && copy != NULL && names != NULL && clean_properties(copy, names) &&
        cJSON_AddStringToObject(schema, "$schema", "http://json-schema.org/draft-04/schema#") != NULL &&
        cJSON_AddStringToObject(schema, "type", "object") != NULL;

    if (made && cJSON_AddItemToObject(schema, "properties", copy)) {
        copy = NULL;
    }
    /* draft 4 wants at least one name in the list */
    if (made && cJSON_GetArraySize(names) > 0 && cJSON_AddItemToObject(schema, "required", names)) {
        names = NULL;
    }
    cJSON_Delete(names);
    if (copy != NULL) {
        cJSON_Delete(copy);
        cJSON_Delete(schema);
        return NULL;
    }
    return schema;
}

char *schema_for_host(const cJSON *properties, const cJSON *schema)
{
    cJSON *shown = schema != NULL ? cJSON_Duplicate(schema, true) : schema_of_properties(properties);
    char *text = shown != NULL && permit_own_keys(shown) ? cJSON_PrintUnformatted(shown) : NULL;

    cJSON_Delete(shown);
    return text;
}
