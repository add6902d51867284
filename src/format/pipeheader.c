#include "format/pipeheader.h"

#include <string.h>

const char *pipeheader_find(const char *at, const char *end, const char *mark)
{
    const size_t length = strlen(mark);
    const char *const begin = at;

    /* for so few bytes memmem would take longer to prepare than to search */
    while ((at = memchr(at, *mark, (size_t)(end - at))) != NULL) {
        if ((at == begin || at[-1] == ' ') && (size_t)(end - at) >= length && memcmp(at, mark, length) == 0) {
            return at + length;
        }
        at++;
    }
    return NULL;
}

const char *pipeheader_end(const char *at, const char *end)
{
    for (; at < end; at++) {
        if (*at == '|') {
            return at;
        }
        at += *at == '\\' && end - at > 1;
    }
    return NULL;
}

void pipeheader_write(struct json_writer *writer, const char *key, const char *from, const char *to)
{
    json_write_key(writer, key, strlen(key));
    if (json_write_plain(writer, from, to)) {
        return;
    }
    json_begin_text(writer, from);
    while (from < to) {
        const char *slash = memchr(from, '\\', (size_t)(to - from)), *stop = slash != NULL ? slash : to;

        json_put(writer, from, (size_t)(stop - from));
        from = stop;
        if (from < to) {
            from += to - from > 1 && (from[1] == '|' || from[1] == '\\');
            json_put(writer, from++, 1);
        }
    }
    json_end_text(writer, to);
}

const char *pipeheader_write_all(struct json_writer *writer, const char *const *keys, const char *at,
                                 const char *end)
{
    for (; *keys != NULL; keys++) {
        const char *stop = pipeheader_end(at, end);

        if (stop == NULL) {
            return NULL;
        }
        pipeheader_write(writer, *keys, at, stop);
        at = stop + 1;
    }
    return at;
}

const char *pipeheader_line_end(const char *at, const char *end)
{
    while (end > at && (end[-1] == '\n' || end[-1] == '\r' || end[-1] == '\0')) {
        end--;
    }
    return end;
}
