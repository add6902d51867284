#include "json/jsonlookup.h"

#include "json/jsonpointer.h"

const char *json_find_key(const char *at, const char *end, const char *key, size_t length,
                          struct json_key *found)
{
    at = json_skip_space(at + 1, end);
    while (at != NULL && at < end && *at != '}') {
        at = json_read_key(at, end, found);
        if (at == NULL || json_is_key(found, key, length)) {
            return at;
        }
        at = json_next_element(json_skip_value(at, end), end, '}');
    }
    return NULL;
}

const char *json_first_element(const char *at, const char *end)
{
    at = json_skip_space(at + 1, end);
    return at < end && *at != ']' ? at : NULL;
}

const char *json_find_element(const char *at, const char *end, uint64_t count)
{
    for (; at != NULL && count > 0; count--) {
        at = json_element_behind(at, end);
    }
    return at;
}

const char *json_find_part(const char *at, const char *end, const struct pointer_part *part)
{
    struct json_key found;

    if (*at == '{') {
        return json_find_key(at, end, part->text, part->length, &found);
    }
    if (*at == '[' && part->is_number) {
        return json_find_element(json_first_element(at, end), end, part->number);
    }
    return NULL;
}
