#include "json/joinedtext.h"

#include <string.h>

/* The bytes of the joined text with its NUL, or more than `most`: then not all are looked at. */
static size_t size_of(const struct value *value, size_t between, size_t most)
{
    const char *const *texts = value->cells;
    size_t size = 1;

    for (uint32_t i = 0; i < value->count && size <= most; i++) {
        size += strlen(texts[i]) + (i > 0 ? between : 0);
    }
    return size;
}

enum joined joinedtext_make(const struct value *value, const char *separator, size_t *left, struct pool *pool,
                            const char **text)
{
    const char *const *texts = value->cells;
    const size_t between = strlen(separator), size = size_of(value, between, *left);
    char *to;

    if (size > *left) {
        return JOINED_TOO_LONG;
    }
    *text = to = pool_take(pool, size);
    if (to == NULL) {
        return JOINED_NO_MEMORY;
    }
    *left -= size;
    for (uint32_t i = 0; i < value->count; i++) {
        if (i > 0) {
            memcpy(to, separator, between);
            to += between;
        }
        to = stpcpy(to, texts[i]);
    }
    *to = '\0';
    return JOINED_DONE;
}
