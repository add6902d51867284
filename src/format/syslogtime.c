#include "format/syslogtime.h"

#include <stddef.h>
#include <string.h>

/* True if the text has these characters: `0` is any digit, the others are themselves. */
static bool has_shape(const char *at, const char *end, const char *shape)
{
    for (; *shape != '\0'; at++, shape++) {
        if (at == end || (*shape == '0' ? *at < '0' || *at > '9' : *at != *shape)) {
            return false;
        }
    }
    return true;
}

bool syslogtime_is_iso(const char *at, const char *end)
{
    return has_shape(at, end, "0000-00-00T00:00");
}

static bool is_month(const char *at, const char *end)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (size_t i = 0; end - at >= 4 && i < 36; i += 3) {
        if (memcmp(at, months + i, 3) == 0) {
            return at[3] == ' ';
        }
    }
    return false;
}

/* Behind `29 ` or ` 9 ` or `9 `; NULL: it is none. */
static const char *skip_day(const char *at, const char *end)
{
    at += at < end && *at == ' ';
    if (has_shape(at, end, "00 ")) {
        return at + 3;
    }
    return has_shape(at, end, "0 ") ? at + 2 : NULL;
}

const char *syslogtime_end(const char *at, const char *end)
{
    const char *space;

    if (syslogtime_is_iso(at, end)) {
        space = memchr(at, ' ', (size_t)(end - at));
        return space != NULL ? space : end;
    }
    at = is_month(at, end) ? skip_day(at + 4, end) : NULL;
    if (at != NULL && has_shape(at, end, "0000 ")) {
        at += 5;
    }
    if (at == NULL || !has_shape(at, end, "00:00:00")) {
        return NULL;
    }
    at += 8;
    if (has_shape(at, end, ".0")) {
        for (at++; at < end && *at >= '0' && *at <= '9'; at++) {
        }
    }
    return at == end || *at == ' ' || *at == ':' ? at : NULL;
}
