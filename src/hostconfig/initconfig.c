#include "hostconfig/initconfig.h"

#include "json/cjson_integers.h"
#include "json/cjson_parse.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Deepest nesting that is converted. */
#define DEEPEST 32

/* ---- what hosts make of it ---- */

/* Parses an int as yaml-cpp does: decimal, octal after "0", hexadecimal after "0x". */
static bool is_int(const char *text, double *value)
{
    const char *digits = text + (text[0] == '-' || text[0] == '+');
    char *end;
    long number = strtol(text, &end, 0);

    *value = (double)number;
    return digits[0] >= '0' && digits[0] <= '9' && *end == '\0' && number >= INT_MIN && number <= INT_MAX;
}

/* Parses a double as yaml-cpp does: neither "inf" nor hexadecimal. */
static bool is_double(const char *text, double *value)
{
    const char *rest = text + (text[0] == '-' || text[0] == '+');
    char *end;

    *value = strtod(text, &end);
    return ((rest[0] >= '0' && rest[0] <= '9') || rest[0] == '.') && *end == '\0' && end > rest &&
           strpbrk(rest, "xXpPnN") == NULL;
}

bool init_config_is_bool(const char *text, bool *value)
{
    static const char *const yes[] = {"y",    "Y",    "yes", "Yes", "YES", "true",
                                      "True", "TRUE", "on",  "On",  "ON",  NULL};
    static const char *const no[] = {"n",     "N",     "no",  "No",  "NO",  "false",
                                     "False", "FALSE", "off", "Off", "OFF", NULL};

    for (size_t i = 0; yes[i] != NULL; i++) {
        *value = strcmp(text, yes[i]) == 0;
        if (*value || strcmp(text, no[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* What a host makes of a text. */
static cJSON *text_to_json(const char *text)
{
    double number;
    bool truth;

    if (is_int(text, &number) || is_double(text, &number)) {
        return cJSON_CreateNumber(number);
    }
    return init_config_is_bool(text, &truth) ? cJSON_CreateBool(truth) : cJSON_CreateString(text);
}

static bool is_text(const cJSON *written)
{
    return cJSON_IsString(written) || cJSON_IsRaw(written);
}

/* True for an empty map or list. */
static bool is_empty(const cJSON *written)
{
    return (cJSON_IsObject(written) || cJSON_IsArray(written)) && written->child == NULL;
}

static bool add_given(cJSON *given, const cJSON *written)
{
    cJSON *item = init_config_converted(written);
    bool added = item != NULL && (cJSON_IsArray(given) ? cJSON_AddItemToArray(given, item)
                                                       : cJSON_AddItemToObject(given, written->string, item));

    if (!added) {
        cJSON_Delete(item);
    }
    return added;
}

cJSON *init_config_converted(const cJSON *written)
{
    const cJSON *item;
    cJSON *given;

    if (is_text(written)) {
        return text_to_json(written->valuestring);
    }
    if (cJSON_IsNull(written) || is_empty(written)) {
        return cJSON_CreateNull();
    }
    given = cJSON_IsArray(written) ? cJSON_CreateArray() : cJSON_CreateObject();
    cJSON_ArrayForEach(item, written)
    {
        if (given != NULL && !add_given(given, item)) {
            cJSON_Delete(given);
            return NULL;
        }
    }
    return given;
}

/* ---- what the schema wants ---- */

/* True if the schema permits this type, or restricts no types. */
static bool permits(const cJSON *schema, const char *type)
{
    const cJSON *permitted = cJSON_GetObjectItemCaseSensitive(schema, "type");
    const cJSON *name;

    if (cJSON_IsString(permitted)) {
        return strcmp(permitted->valuestring, type) == 0;
    }
    cJSON_ArrayForEach(name, permitted)
    {
        if (cJSON_IsString(name) && strcmp(name->valuestring, type) == 0) {
            return true;
        }
    }
    return permitted == NULL;
}

/* True if only a text will do. */
static bool wants_string(const cJSON *schema)
{
    const char *type = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(schema, "type"));

    return type != NULL && strcmp(type, "string") == 0;
}

/* The value that the script should get instead of the host's; NULL: none, or out of memory. */
static cJSON *intended_value(const cJSON *written, const cJSON *schema)
{
    const char *text = written->valuestring;

    if (is_empty(written)) {
        return !permits(schema, cJSON_IsArray(written) ? "array" : "object") ? NULL
               : cJSON_IsArray(written)                                      ? cJSON_CreateArray()
                                                                             : cJSON_CreateObject();
    }
    if (!is_text(written)) {
        return NULL;
    }
    if (wants_string(schema) || (cJSON_IsString(written) && permits(schema, "string"))) {
        return cJSON_CreateString(text);
    }
    /* hosts make a double of an integer beyond 32 bits */
    if (strspn(text + (text[0] == '-'), "0123456789") == strlen(text + (text[0] == '-')) &&
        text[text[0] == '-'] != '0') {
        return json_parse(text, NULL);
    }
    return NULL;
}

/* The schema of `item` in `parent`, which has `schema`; NULL: none. */
static cJSON *schema_of(const cJSON *schema, const cJSON *parent, const cJSON *item)
{
    if (cJSON_IsArray(parent)) {
        return cJSON_GetObjectItemCaseSensitive(schema, "items");
    }
    return cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(schema, "properties"),
                                            item->string);
}

/* ---- the host's schema ---- */

/* True if the schema may refuse one value and take the other. cJSON takes integers beyond 2^53 for equal that
 * are not. */
static bool differs(const cJSON *a, const cJSON *b)
{
    return cJSON_IsNumber(a) && cJSON_IsNumber(b) ? cjson_is_less(a, b) || cjson_is_less(b, a)
                                                  : !cJSON_Compare(a, b, true);
}

static void permit(cJSON *schema, const cJSON *written, int depth)
{
    /* that may refuse the number, boolean or null that a host makes of a text, an empty list or an empty map
     */
    static const char *const keywords[] = {"type", "enum", "minimum", "maximum", "multipleOf"};
    cJSON *instead = depth > 0 && cJSON_IsObject(schema) ? intended_value(written, schema) : NULL;
    cJSON *given = instead != NULL ? init_config_converted(written) : NULL;
    const cJSON *item;

    if (given != NULL && differs(given, instead)) {
        for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
            cJSON_DeleteItemFromObjectCaseSensitive(schema, keywords[i]);
        }
    }
    cJSON_Delete(instead);
    cJSON_Delete(given);
    if (depth == DEEPEST) {
        return;
    }
    cJSON_ArrayForEach(item, written) /* of a text there is none */
    {
        permit(schema_of(schema, written, item), item, depth + 1);
    }
}

void init_config_permit(cJSON *schema, const cJSON *written)
{
    if (schema != NULL && written != NULL) {
        permit(schema, written, 0);
    }
}

/* ---- the host's configuration ---- */

static bool restore(cJSON *config, const cJSON *written, const cJSON *schema, int depth);

/* One value of `config`. */
static bool restore_item(cJSON *config, cJSON *item, const cJSON *written, const cJSON *schema, int depth)
{
    cJSON *given = is_text(written) || is_empty(written) ? init_config_converted(written) : NULL;
    cJSON *instead =
        given != NULL && cJSON_Compare(given, item, true) ? intended_value(written, schema) : NULL;
    bool done = true;

    if (given == NULL) {
        done = restore(item, written, schema, depth + 1);
    } else if (instead != NULL) {
        if (item->string != NULL) {
            instead->string = item->string; /* the name goes over */
            item->string = NULL;
        }
        done = cJSON_ReplaceItemViaPointer(config, item, instead);
        instead = done ? NULL : instead;
    }
    cJSON_Delete(instead);
    cJSON_Delete(given);
    return done;
}

static bool restore(cJSON *config, const cJSON *written, const cJSON *schema, int depth)
{
    const cJSON *as_written = written->child;
    cJSON *item = config->child, *next;

    if (depth > DEEPEST || is_text(written) || cJSON_IsArray(config) != cJSON_IsArray(written) ||
        cJSON_IsObject(config) != cJSON_IsObject(written)) {
        return true;
    }
    for (; item != NULL; item = next) {
        const cJSON *here =
            cJSON_IsArray(config) ? as_written : cJSON_GetObjectItemCaseSensitive(written, item->string);

        next = item->next;
        as_written = as_written != NULL ? as_written->next : NULL;
        if (here != NULL && !restore_item(config, item, here, schema_of(schema, config, item), depth)) {
            return false;
        }
    }
    return true;
}

bool init_config_restore(cJSON *config, const cJSON *written, const cJSON *schema)
{
    return config == NULL || written == NULL || restore(config, written, schema, 0);
}
