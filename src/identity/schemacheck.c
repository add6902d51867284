#include "identity/schemacheck.h"

#include "base/text.h"
#include "json/cjson_integers.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Deepest nesting of a schema that is checked. */
#define DEEPEST 32

static bool is_integral(const cJSON *item)
{
    int64_t integer;

    return cjson_integer(item, &integer);
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

/* The type of the value, for messages; an integral number is an integer. */
static const char *type_of(const cJSON *item)
{
    if (cJSON_IsNumber(item) && !is_integral(item) && fabs(item->valuedouble) >= 0x1p63) {
        return "a number beyond 64 bits";
    }
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (schema_types[i].accepts(item)) {
            return schema_types[i].name;
        }
    }
    return "nothing";
}

/* Keeps the error (NULL: out of memory), and returns false. */
static bool refuse_value(char **problem, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool refuse_value(char **problem, const char *format, ...)
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
               refuse_value(problem, "%s: expected %s, got %s", what, type->article, type_of(item));
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
    return refuse_value(problem, "%s: got %s, which is none of the types that are expected", what,
                        type_of(item));
}

static bool is_same(const cJSON *item, const cJSON *choice)
{
    if (cJSON_IsNumber(item) && cJSON_IsNumber(choice)) {
        return !cjson_is_less(item, choice) && !cjson_is_less(choice, item);
    }
    return cJSON_Compare(item, choice, true);
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
        if (is_same(item, choice)) {
            return true;
        }
    }
    listed = cjson_text(choices);
    refuse_value(problem, "%s: expected one of %s", what, listed != NULL ? listed : "those in the schema");
    cJSON_free(listed);
    return false;
}

static bool check_range(const cJSON *item, const cJSON *schema, const char *what, char **problem)
{
    const cJSON *least = cJSON_GetObjectItemCaseSensitive(schema, "minimum");
    const cJSON *most = cJSON_GetObjectItemCaseSensitive(schema, "maximum");
    char bound[CJSON_NUMBER_TEXT];

    if (!cJSON_IsNumber(item)) {
        return true;
    }
    if (cJSON_IsNumber(least) && cjson_is_less(item, least)) {
        cjson_number_text(least, bound);
        return refuse_value(problem, "%s: expected at least %s", what, bound);
    }
    if (cJSON_IsNumber(most) && cjson_is_less(most, item)) {
        cjson_number_text(most, bound);
        return refuse_value(problem, "%s: expected at most %s", what, bound);
    }
    return true;
}

/* Unicode characters of a text. */
static double length_of(const cJSON *item)
{
    double length = 0;

    for (const char *at = item->valuestring; *at != '\0'; at++) {
        length += ((unsigned char)*at & 0xC0) != 0x80;
    }
    return length;
}

/* How long a text or a list is. */
static bool check_length(const cJSON *item, const cJSON *schema, const char *what, char **problem)
{
    const bool is_text = cJSON_IsString(item);
    const char *unit = is_text ? "characters" : "elements";
    const cJSON *least = cJSON_GetObjectItemCaseSensitive(schema, is_text ? "minLength" : "minItems");
    const cJSON *most = cJSON_GetObjectItemCaseSensitive(schema, is_text ? "maxLength" : "maxItems");
    double length;

    if ((!is_text && !cJSON_IsArray(item)) || (least == NULL && most == NULL)) {
        return true;
    }
    length = is_text ? length_of(item) : cJSON_GetArraySize(item);
    if (cJSON_IsNumber(least) && length < least->valuedouble) {
        return refuse_value(problem, "%s: expected at least %.14g %s", what, least->valuedouble, unit);
    }
    if (cJSON_IsNumber(most) && length > most->valuedouble) {
        return refuse_value(problem, "%s: expected at most %.14g %s", what, most->valuedouble, unit);
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

/* Checks one declared property, or fills in its default. */
static bool check_property(cJSON *object, const cJSON *property, const char *what, int depth, char **problem)
{
    cJSON *item = cJSON_GetObjectItemCaseSensitive(object, property->string);
    const cJSON *fallback = cJSON_GetObjectItemCaseSensitive(property, "default");
    char name[256];

    if (item == NULL && fallback != NULL) {
        cJSON *copy = cJSON_Duplicate(fallback, true);

        if (copy == NULL || !cJSON_AddItemToObject(object, property->string, copy)) {
            cJSON_Delete(copy);
            return refuse_value(problem, TEXT_NO_MEMORY);
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
            return refuse_value(problem, "%s: \"%s\" is missing", what, name->valuestring);
        }
    }
    cJSON_ArrayForEach(property, cJSON_GetObjectItemCaseSensitive(schema, "properties"))
    {
        if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(property, "required")) &&
            is_missing(object, property->string)) {
            type = cJSON_GetObjectItemCaseSensitive(property, "type");
            return refuse_value(problem, "%s: \"%s\" is missing (%s)", what, property->string,
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
           check_range(item, schema, what, problem) && check_length(item, schema, what, problem) &&
           check_properties(item, schema, what, depth, problem) &&
           check_items(item, schema, what, depth, problem);
}

bool schema_check_whole(cJSON *object, const cJSON *schema, const char *what, char **problem)
{
    *problem = NULL;
    return check_item(object, schema, what, 0, problem);
}

/* The names of all properties, with commas between, cut to fit. */
static void list_keys(const cJSON *properties, char *list, size_t size)
{
    const cJSON *property;
    size_t used = 0;

    list[0] = '\0';
    cJSON_ArrayForEach(property, properties)
    {
        int written = snprintf(list + used, size - used, "%s%s", used > 0 ? ", " : "", property->string);

        used += written > 0 ? (size_t)written : 0;
        if (used >= size) {
            snprintf(list + size - sizeof(", …"), sizeof(", …"), ", …");
            return;
        }
    }
}

/* Finds a key that is not declared in `properties`. */
static bool refuse_key(const cJSON *properties, const char *key, const char *what, char **problem)
{
    size_t count = (size_t)cJSON_GetArraySize(properties), i = 0;
    const char **names = calloc(count + 1, sizeof(*names));
    const cJSON *property;
    const char *nearest;
    char list[256];

    if (names == NULL) {
        return refuse_value(problem, TEXT_NO_MEMORY);
    }
    cJSON_ArrayForEach(property, properties)
    {
        names[i++] = property->string;
    }
    nearest = text_nearest(key, names);
    free(names);
    if (nearest != NULL) {
        return refuse_value(problem, "%s: unknown key \"%s\"; did you mean \"%s\"?", what, key, nearest);
    }
    list_keys(properties, list, sizeof(list));
    return refuse_value(problem, "%s: unknown key \"%s\"; the script declares %s", what, key,
                        count > 0 ? list : "none");
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

bool schema_check_value(cJSON *value, const cJSON *schema, const char *what, char **problem)
{
    *problem = NULL;
    return check_item(value, schema, what, 0, problem);
}

bool schema_has_type(const char *name)
{
    return type_named(name) != NULL;
}
