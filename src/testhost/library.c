#include "testhost/library.h"

#include "testhost/message.h"

#include <cJSON.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *library_console(const struct library *library)
{
    return dlsym(library->handle, "lure_console");
}

bool library_looks_up(const struct library *library, const char *name)
{
    return !library->options.restrict_names || string_list_have(&library->options.only, name);
}

void *library_look_up(struct library *library, const char *name)
{
    char symbol[128];

    if (!library_looks_up(library, name))
        return NULL;
    snprintf(symbol, sizeof symbol, "plugin_%s", name);
    return dlsym(library->handle, symbol);
}

bool library_keep(char **where, const char *answer, const char *symbol, char *message)
{
    if (answer == NULL)
        return message_fail(message, "plugin_%s answered NULL, which hosts cannot bear", symbol);
    free(*where);
    *where = strdup(answer);
    return *where != NULL || message_no_memory(message);
}

bool library_parse_version(const char *text, unsigned version[3])
{
    return sscanf(text, "%u.%u.%u", &version[0], &version[1], &version[2]) == 3;
}

bool library_check_config(const struct library *library, const char *config, char *message)
{
    cJSON *json;
    bool fine;

    if (library->init_schema == NULL || library->init_schema[0] == '\0' || !library->json_schema)
        return true;
    json = cJSON_Parse(library->init_schema);
    fine = cJSON_IsObject(json);
    cJSON_Delete(json);
    if (!fine)
        return message_fail(message, "error in plugin %s: get_init_schema did not return a json object",
                            library->name);
    json = config[0] == '\0' ? cJSON_CreateObject() : cJSON_Parse(config);
    fine = json != NULL;
    cJSON_Delete(json);
    return fine ||
           message_fail(message, "error in plugin %s: init config is not a valid json", library->name);
}

void library_free(struct library *library)
{
    if (library == NULL)
        return;
    free(library->path);
    free(library->symbols);
    free(library->required_api_version);
    free(library->name);
    free(library->description);
    free(library->contact);
    free(library->version);
    free(library->event_source);
    free(library->init_schema);
    free(library->fields_json);
    free(library->extract_types.items);
    free(library->parse_types.items);
    fields_free(&library->fields);
    string_list_free(&library->options.only);
    string_list_free(&library->extract_sources);
    string_list_free(&library->parse_sources);
    string_list_free(&library->async_sources);
    string_list_free(&library->async_events);
    free(library);
}
