/* Reads `open_params`, the suggestions for the parameter of open, from the manifest or a function's result.
 */
#include "event/value.h"
#include "script/copies.h"
#include "script/manifest.h"

#include <string.h>

static const char *const suggestion_keys[] = {"value", "desc", "separator", NULL};

/* One suggestion must be { value = "...", desc = "...", separator = "..." }, of which only `value` is needed.
 */
static void check_suggestion(const cJSON *item, int number, struct findings *findings)
{
    const cJSON *value;

    if (!cJSON_IsObject(item) || !cJSON_IsString(cJSON_GetObjectItemCaseSensitive(item, "value"))) {
        findings_add(findings, "open_params",
                     "open_params: element %d: expected { value = \"...\", desc = \"...\" }", number);
        return;
    }
    if (cJSON_GetObjectItemCaseSensitive(item, "value")->valuestring[0] == '\0') {
        findings_add(findings, "open_params",
                     "open_params: element %d: value: hosts take no empty one; leave the element out",
                     number);
    }
    cJSON_ArrayForEach(value, item)
    {
        const char *const *key = suggestion_keys;

        while (*key != NULL && strcmp(*key, value->string) != 0) {
            key++;
        }
        if (*key == NULL) {
            findings_add(findings, value->string,
                         "unknown key \"%.80s\" in open_params; there are value, desc and "
                         "separator",
                         value->string);
        } else if (!cJSON_IsString(value)) {
            findings_add(findings, value->string, "open_params: element %d: %s: expected a string", number,
                         *key);
        }
    }
}

cJSON *manifest_read_open_params_lj(lua_State *L, int index, struct findings *findings)
{
    cJSON *list;
    const cJSON *item;
    char got[96];
    int number = 0;

    if (!lua_istable(L, index)) {
        value_describe(L, index, got, sizeof(got));
        findings_add(findings, "open_params", "open_params: expected a list, got %s", got);
        return NULL;
    }
    list = copies_json_lj(L, index, "open_params");
    if (cJSON_IsObject(list) && list->child == NULL) {
        cJSON_Delete(list);
        return cJSON_CreateArray(); /* an empty table counts as an object there */
    }
    if (!cJSON_IsArray(list)) {
        findings_add(findings, "open_params",
                     "open_params: expected a list of { value = \"...\", desc = \"...\" }");
        return list;
    }
    cJSON_ArrayForEach(item, list)
    {
        check_suggestion(item, ++number, findings);
    }
    return list;
}
