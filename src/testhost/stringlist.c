#include "testhost/stringlist.h"

#include "testhost/message.h"

#include <cJSON.h>
#include <stdlib.h>
#include <string.h>

/* Adds an element of a list as JsonCpp makes it a text: numbers and booleans as written, null as none. False:
 * out of memory. */
static bool add_item(struct string_list *texts, const cJSON *item)
{
    char *written;
    bool added;

    if (cJSON_IsNull(item) || (cJSON_IsString(item) && item->valuestring[0] == '\0'))
        return true;
    if (cJSON_IsString(item))
        return string_list_add(texts, item->valuestring);
    written = cJSON_PrintUnformatted(item);
    added = written != NULL && string_list_add(texts, written);
    cJSON_free(written);
    return added;
}

bool string_list_read(struct string_list *texts, const char *plugin, const char *symbol, const char *text,
                      bool may_be_empty, char *message)
{
    cJSON *json;
    const cJSON *item;
    bool fine;

    if (text == NULL || text[0] == '\0') {
        if (may_be_empty)
            return true;
        return message_fail(message, "error in plugin %s: '%s' did not return a json array but it should",
                            plugin, symbol);
    }
    json = cJSON_Parse(text);
    fine = cJSON_IsArray(json);
    for (item = fine ? json->child : NULL; item != NULL && fine; item = item->next) {
        fine = !cJSON_IsArray(item) && !cJSON_IsObject(item);
        if (fine && !add_item(texts, item)) {
            cJSON_Delete(json);
            return message_no_memory(message);
        }
    }
    cJSON_Delete(json);
    if (!fine)
        return message_fail(message, "error in plugin %s: '%s' did not return a json array", plugin, symbol);
    return true;
}

bool string_list_add(struct string_list *texts, const char *text)
{
    char **items = realloc(texts->items, (texts->count + 1) * sizeof *items);

    if (items == NULL)
        return false;
    texts->items = items;
    items[texts->count] = strdup(text);
    if (items[texts->count] == NULL)
        return false;
    texts->count++;
    return true;
}

bool string_list_have(const struct string_list *texts, const char *text)
{
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->items[i], text) == 0)
            return true;
    return false;
}

void string_list_free(struct string_list *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(texts->items[i]);
    free(texts->items);
    memset(texts, 0, sizeof *texts);
}
