#include "identity/declaredschema.h"

#include "base/text.h"
#include "hostconfig/initconfig.h"
#include "identity/schemacheck.h"
#include "json/cjson_integers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Deepest nesting that is looked into. */
#define DEEPEST 32

/* ---- mistakes ---- */

/* One schema, or one property, that is looked at. */
struct node {
    const cJSON *schema;
    char place[160];  /* "config.size", for messages */
    const char *word; /* where it stands in the script: the name of the property */
    bool declared;    /* of `config` or `params`: `required` is true or false */
    int depth;
    struct findings *findings;
};

static bool is_integer_from_0(const cJSON *item)
{
    int64_t integer;

    return cjson_integer(item, &integer) && integer >= 0;
}

static bool is_anything(const cJSON *item)
{
    (void)item;
    return true;
}

static bool is_flag(const cJSON *item)
{
    return cJSON_IsBool(item);
}

static bool is_text(const cJSON *item)
{
    return cJSON_IsString(item);
}

static bool is_number(const cJSON *item)
{
    return cJSON_IsNumber(item);
}

static bool is_table(const cJSON *item)
{
    return cJSON_IsObject(item);
}

/* cJSON has an empty Lua table as an object. */
static bool is_values(const cJSON *item)
{
    return cJSON_IsArray(item) && cJSON_GetArraySize(item) > 0;
}

static bool is_names(const cJSON *item)
{
    const cJSON *name;

    cJSON_ArrayForEach(name, item)
    {
        if (!cJSON_IsString(name)) {
            return false;
        }
    }
    return is_values(item);
}

static bool is_types(const cJSON *item)
{
    const cJSON *name;

    if (cJSON_IsString(item)) {
        return schema_has_type(item->valuestring);
    }
    cJSON_ArrayForEach(name, item)
    {
        if (!cJSON_IsString(name) || !schema_has_type(name->valuestring)) {
            return false;
        }
    }
    return is_values(item);
}

/* Keywords of a property: name, check, what it expects. */
#define KEYWORDS(X)                                                                                          \
    X("type", is_types, "string, integer, number, boolean, array, object or null, or a list of these")       \
    X("description", is_text, "a string")                                                                    \
    X("title", is_text, "a string")                                                                          \
    X("pattern", is_text, "a string")                                                                        \
    X("format", is_text, "a string")                                                                         \
    X("minimum", is_number, "a number")                                                                      \
    X("maximum", is_number, "a number")                                                                      \
    X("multipleOf", is_number, "a number")                                                                   \
    X("minLength", is_integer_from_0, "an integer from 0")                                                   \
    X("maxLength", is_integer_from_0, "an integer from 0")                                                   \
    X("minItems", is_integer_from_0, "an integer from 0")                                                    \
    X("maxItems", is_integer_from_0, "an integer from 0")                                                    \
    X("enum", is_values, "a list of at least one value")                                                     \
    X("items", is_table, "a table such as { type = \"string\" }")                                            \
    X("properties", is_table, "a table of properties by name")                                               \
    X("required", is_names, "a list of names")                                                               \
    X("default", is_anything, "")

/* The same, in `config` and `params` only. */
#define DECLARED_KEYWORDS(X)                                                                                 \
    X("required", is_flag, "true or false")                                                                  \
    X("secret", is_flag, "true or false")

struct keyword {
    const char *name;
    bool (*is)(const cJSON *item);
    const char *expected;
};

#define KEYWORD(name, is, expected) {name, is, expected},
static const struct keyword keywords[] = {KEYWORDS(KEYWORD){NULL, NULL, NULL}};
static const struct keyword declared_keywords[] = {DECLARED_KEYWORDS(KEYWORD){NULL, NULL, NULL}};
#undef KEYWORD

/* Of both, for text_nearest. */
#define NAME(name, is, expected) name,
static const char *const names[] = {KEYWORDS(NAME) DECLARED_KEYWORDS(NAME) NULL};
#undef NAME

/* Of JSON Schema, and not looked at. */
static const char *const others[] = {
    "additionalProperties",
    "additionalItems",
    "patternProperties",
    "minProperties",
    "maxProperties",
    "uniqueItems",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "anyOf",
    "allOf",
    "oneOf",
    "not",
    "const",
    "examples",
    "definitions",
    "dependencies",
    "id",
    NULL,
};

static const struct keyword *find_keyword(const struct keyword *list, const char *name)
{
    while (list->name != NULL && strcmp(list->name, name) != 0) {
        list++;
    }
    return list->name != NULL ? list : NULL;
}

/* What came, for messages. */
static void describe(const cJSON *item, char *text, size_t size)
{
    char number[CJSON_NUMBER_TEXT];

    if (cJSON_IsString(item)) {
        snprintf(text, size, "\"%.60s\"", item->valuestring);
    } else if (cJSON_IsNumber(item)) {
        cjson_number_text(item, number);
        snprintf(text, size, "%s", number);
    } else if (cJSON_IsBool(item)) {
        snprintf(text, size, "%s", cJSON_IsTrue(item) ? "true" : "false");
    } else {
        snprintf(text, size, "%s", cJSON_GetArraySize(item) == 0 ? "an empty table" : "a table");
    }
}

static void check_keyword(const struct node *node, const cJSON *item)
{
    const struct keyword *keyword = node->declared ? find_keyword(declared_keywords, item->string) : NULL;
    const char *nearest;
    char got[80];

    keyword = keyword != NULL ? keyword : find_keyword(keywords, item->string);
    if (keyword != NULL && !keyword->is(item)) {
        describe(item, got, sizeof(got));
        findings_add(node->findings, node->word, "%s.%s: expected %s, got %s", node->place, item->string,
                     keyword->expected, got);
    }
    if (!text_is_among(item->string, names) && !text_is_among(item->string, others) &&
        item->string[0] != '$') {
        nearest = text_nearest(item->string, names);
        if (nearest != NULL) {
            findings_add(node->findings, item->string, "%s: unknown keyword \"%s\"; did you mean \"%s\"?",
                         node->place, item->string, nearest);
        }
    }
}

static void check_bounds(const struct node *node)
{
    const cJSON *least = cJSON_GetObjectItemCaseSensitive(node->schema, "minimum");
    const cJSON *most = cJSON_GetObjectItemCaseSensitive(node->schema, "maximum");

    if (cJSON_IsNumber(least) && cJSON_IsNumber(most) && cjson_is_less(most, least)) {
        findings_add(node->findings, node->word, "%s: minimum is more than maximum", node->place);
    }
}

/* The default must be what the rest demands. */
static void check_default(const struct node *node, unsigned before)
{
    cJSON *fallback = cJSON_GetObjectItemCaseSensitive(node->schema, "default");
    char *problem = NULL;

    if (fallback != NULL && node->findings->count == before &&
        !schema_check_value(fallback, node->schema, "default", &problem)) {
        findings_add(node->findings, node->word, "%s.%s", node->place,
                     problem != NULL ? problem : TEXT_NO_MEMORY);
    }
    free(problem);
}

static void check_node(const struct node *node);

static void check_inside(const struct node *node, const cJSON *schema, const char *word)
{
    struct node inside = *node;

    inside.schema = schema;
    inside.word = word;
    inside.depth++;
    snprintf(inside.place, sizeof(inside.place), "%.100s.%.50s", node->place, word);
    if (!cJSON_IsObject(schema)) {
        findings_add(node->findings, word, "%s: expected a table such as { type = \"string\" }",
                     inside.place);
    } else if (inside.depth < DEEPEST) {
        check_node(&inside);
    }
}

static void check_all_inside(const struct node *node, const cJSON *properties)
{
    const cJSON *property;

    cJSON_ArrayForEach(property, properties)
    {
        check_inside(node, property, property->string);
    }
}

static void check_node(const struct node *node)
{
    const cJSON *items = cJSON_GetObjectItemCaseSensitive(node->schema, "items");
    const cJSON *properties = cJSON_GetObjectItemCaseSensitive(node->schema, "properties");
    unsigned before = node->findings->count;
    const cJSON *item;

    cJSON_ArrayForEach(item, node->schema)
    {
        check_keyword(node, item);
    }
    check_bounds(node);
    if (cJSON_IsObject(items)) {
        check_inside(node, items, "items");
    }
    if (cJSON_IsObject(properties)) {
        check_all_inside(node, properties);
    }
    check_default(node, before);
}

/* Properties by name, under the script's key `key`. */
static void check_declared(const cJSON *properties, const char *key, struct findings *findings)
{
    struct node node = {.schema = properties, .word = key, .declared = true, .findings = findings};

    if (properties == NULL) {
        return;
    }
    if (!cJSON_IsObject(properties)) {
        if (!cJSON_IsArray(properties) || cJSON_GetArraySize(properties) > 0) {
            findings_add(findings, key, "%s: expected a table of properties by name", key);
        }
        return;
    }
    snprintf(node.place, sizeof(node.place), "%s", key);
    check_all_inside(&node, properties);
}

/* In init_config two keys are lure's own. */
static void check_own_keys(const cJSON *config, struct findings *findings)
{
    static const char *const own[] = {"script", "lure"};

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (cJSON_GetObjectItemCaseSensitive(config, own[i]) != NULL) {
            findings_add(findings, own[i],
                         "config.%s: this key of init_config is lure's own; choose another name", own[i]);
        }
    }
}

static void check_whole(const cJSON *schema, struct findings *findings)
{
    struct node node = {
        .schema = schema, .place = "init_schema", .word = "init_schema", .findings = findings};
    const char *type = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(schema, "type"));

    if (!cJSON_IsObject(schema)) {
        return; /* the manifest's own finding */
    }
    if (type != NULL && schema_has_type(type) && strcmp(type, "object") != 0) {
        findings_add(findings, "init_schema",
                     "init_schema.type: expected \"object\", got \"%s\": init_config is one", type);
    }
    check_node(&node);
}

void declaredschema_check(struct manifest *manifest)
{
    check_declared(manifest->config, "config", &manifest->findings);
    check_own_keys(manifest->config, &manifest->findings);
    check_declared(manifest->params, "params", &manifest->findings);
    check_whole(manifest->init_schema, &manifest->findings);
}

/* ---- what hosts see ---- */

static bool clean_node(cJSON *node, int depth);

/* Takes `required` and `secret` out of a property, and adds its name to `list` if it was required. A secret
 * is `writeOnly`, which JSON Schema has since draft 7, and hosts ignore. */
static bool clean_property(cJSON *property, cJSON *list)
{
    const cJSON *required = cJSON_GetObjectItemCaseSensitive(property, "required");
    bool is_secret = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(property, "secret"));

    if (cJSON_IsTrue(required) && list != NULL) {
        cJSON *name = cJSON_CreateString(property->string);

        if (name == NULL || !cJSON_AddItemToArray(list, name)) {
            cJSON_Delete(name);
            return false;
        }
    }
    if (cJSON_IsBool(required)) {
        cJSON_DeleteItemFromObjectCaseSensitive(property, "required");
    }
    cJSON_DeleteItemFromObjectCaseSensitive(property, "secret");
    return !is_secret || cJSON_AddTrueToObject(property, "writeOnly") != NULL;
}

/* The names of the required ones among the properties of a schema become its list `required`. */
static bool clean_properties(cJSON *node, int depth)
{
    cJSON *list = cJSON_CreateArray();
    cJSON *property;
    bool done = list != NULL;

    cJSON_ArrayForEach(property, cJSON_GetObjectItemCaseSensitive(node, "properties"))
    {
        done = done && clean_property(property, list) && clean_node(property, depth + 1);
    }
    /* draft 4 wants at least one name in the list */
    if (done && cJSON_GetArraySize(list) > 0) {
        done = cJSON_AddItemToObject(node, "required", list);
        list = done ? NULL : list;
    }
    cJSON_Delete(list);
    return done;
}

static bool clean_node(cJSON *node, int depth)
{
    cJSON *items = cJSON_GetObjectItemCaseSensitive(node, "items");

    if (depth > DEEPEST) {
        return true;
    }
    return clean_properties(node, depth) &&
           (!cJSON_IsObject(items) || (clean_property(items, NULL) && clean_node(items, depth + 1)));
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
    bool made =
        schema != NULL && copy != NULL &&
        cJSON_AddStringToObject(schema, "$schema", "http://json-schema.org/draft-04/schema#") != NULL &&
        cJSON_AddStringToObject(schema, "type", "object") != NULL;

    if (made && cJSON_AddItemToObject(schema, "properties", copy)) {
        copy = NULL;
        made = clean_node(schema, 0);
    }
    if (copy != NULL || !made) {
        cJSON_Delete(copy);
        cJSON_Delete(schema);
        return NULL;
    }
    return schema;
}

char *declaredschema_text(const cJSON *properties, const cJSON *schema, const cJSON *written)
{
    cJSON *shown = schema != NULL ? cJSON_Duplicate(schema, true) : schema_of_properties(properties);
    bool permitted = shown != NULL && permit_own_keys(shown);
    char *text;

    if (permitted) {
        init_config_permit(shown, written);
    }
    text = permitted ? cjson_text(shown) : NULL;
    cJSON_Delete(shown);
    return text;
}
