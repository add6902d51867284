/*
 * payloadjson: the payload of an event as JSON, which it is made of by the script's format (format/format.h)
 * when a path or a document is first wanted.
 *
 * Owner: the extraction. The JSON is in the event's pool, and valid until the event changes.
 */
#ifndef LURE_PLUGIN_PAYLOADJSON_H
#define LURE_PLUGIN_PAYLOADJSON_H

#include "event/event.h"
#include "format/format.h"

#include <stdbool.h>
#include <stddef.h>

/* All zero: it was not made yet. */
struct payload_json {
    bool made;
    struct event event; /* of which data, size and has_payload are set: the JSON; size 0: there is none */
    struct json_origins origins;
};

/* True if the payload itself is the JSON. */
static inline bool payloadjson_is_payload(const struct format *format)
{
    return format == NULL || (format->kind->write == NULL && format->inside_count == 0);
}

/* The JSON of an event of a format that is another. NULL: out of memory. */
const struct event *payloadjson_make(struct payload_json *json, const struct format *format,
                                     const struct event *event, struct pool *pool);

/* The event with its payload as JSON. `format`: of the script, or NULL. NULL: out of memory. */
static inline const struct event *payloadjson_get(struct payload_json *json, const struct format *format,
                                                  const struct event *event, struct pool *pool)
{
    if (__builtin_expect(payloadjson_is_payload(format), 1)) {
        return event;
    }
    return json->made ? &json->event : payloadjson_make(json, format, event, pool);
}

/* It was made by a prefetch. */
static inline void payloadjson_set(struct payload_json *json, const char *data, size_t size)
{
    *json = (struct payload_json){.made = true, .event = {.data = data, .size = size, .has_payload = true}};
}

#endif
