#include "json/cjson_nuls.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ESCAPE "\\u0000"
#define HIDDEN "\xC0\x80"

#define ESCAPE_LENGTH (sizeof(ESCAPE) - 1)
#define HIDDEN_LENGTH (sizeof(HIDDEN) - 1)

static bool is_escape(const char *at)
{
    return strncmp(at, ESCAPE, ESCAPE_LENGTH) == 0;
}

/* Length of what stands at `at` and means one thing, of a text that is not at its end. */
static size_t length_at(const char *at)
{
    if (is_escape(at)) {
        return ESCAPE_LENGTH;
    }
    return *at == '\\' && at[1] != '\0' ? 2 : 1;
}

char *cjson_hide_nuls(const char *text)
{
    char *hidden = malloc(strlen(text) + 1), *to = hidden;

    while (hidden != NULL && *text != '\0') {
        bool nul = is_escape(text);
        size_t length = nul ? HIDDEN_LENGTH : length_at(text);

        memcpy(to, nul ? HIDDEN : text, length);
        to += length;
        text += nul ? ESCAPE_LENGTH : length;
    }
    if (hidden != NULL) {
        *to = '\0';
    }
    return hidden;
}

size_t cjson_place_of(const char *text, size_t place)
{
    const char *at = text;
    size_t hidden = 0;

    while (hidden < place && *at != '\0') {
        size_t length = length_at(at);

        hidden += length == ESCAPE_LENGTH ? HIDDEN_LENGTH : length;
        at += length;
    }
    return (size_t)(at - text);
}

static size_t count_hidden(const char *text)
{
    size_t count = 0;

    for (const char *at = strstr(text, HIDDEN); at != NULL; at = strstr(at + HIDDEN_LENGTH, HIDDEN)) {
        count++;
    }
    return count;
}

char *cjson_show_nuls(char *text)
{
    size_t count = text != NULL ? count_hidden(text) : 0;
    char *shown, *to;

    if (count == 0) {
        return text;
    }
    shown = to = cJSON_malloc(strlen(text) + count * (ESCAPE_LENGTH - HIDDEN_LENGTH) + 1);
    for (const char *at = text; shown != NULL && *at != '\0';) {
        bool nul = strncmp(at, HIDDEN, HIDDEN_LENGTH) == 0;
        size_t length = nul ? ESCAPE_LENGTH : 1;

        memcpy(to, nul ? ESCAPE : at, length);
        to += length;
        at += nul ? HIDDEN_LENGTH : 1;
    }
    if (shown != NULL) {
        *to = '\0';
    }
    cJSON_free(text);
    return shown;
}

cJSON *cjson_create_text(const char *text, size_t length)
{
    char *hidden = malloc(2 * length + 1), *to = hidden;
    cJSON *item;

    if (hidden == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\0') {
            memcpy(to, HIDDEN, HIDDEN_LENGTH);
            to += HIDDEN_LENGTH;
        } else {
            *to++ = text[i];
        }
    }
    *to = '\0';
    item = cJSON_CreateString(hidden);
    free(hidden);
    return item;
}

size_t cjson_restore_nuls(char *to, const char *text)
{
    const char *begin = to;

    while (*text != '\0') {
        bool nul = strncmp(text, HIDDEN, HIDDEN_LENGTH) == 0;

        *to++ = nul ? '\0' : *text;
        text += nul ? HIDDEN_LENGTH : 1;
    }
    return (size_t)(to - begin);
}
