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
#include <stdint.h>

/* All zero: it was not made yet. */
struct payload_json {
    bool made;
    bool stopped;       /* it took longer than lure.time, and is not tried again */
    struct event event; /* of which data, size and has_payload are set: the JSON; size 0: there is none */
    struct json_origins origins;
};

/* True if the payload itself is the JSON. */
static inline bool payloadjson_is_payload(const struct format *format)
{
    return format == NULL || (format->kind->write == NULL && format->inside_count == 0);
}

/* The script's format, in use by a plugin state. All zero: it has none. */
struct payload_format {
    struct format_state state;
    double seconds;   /* that a pattern may take for one payload */
    int64_t deadline; /* of the current one */
    int interruption; /* the count when it began (script/interruption.h) */
};

/* False: out of memory. `format`: of the script, or NULL. */
bool payloadjson_open(struct payload_format *payload, const struct format *format, double seconds,
                      struct memory_budget *budget);
void payloadjson_close(struct payload_format *payload);

/* The JSON of an event of a format that is another. NULL: out of memory, or stopped. */
const struct event *payloadjson_make(struct payload_json *json, struct payload_format *format,
                                     const struct event *event, struct pool *pool);

/* The event with its payload as JSON. `format`: the plugin state's. NULL: out of memory, or stopped. */
static inline const struct event *payloadjson_get(struct payload_json *json, struct payload_format *format,
                                                  const struct event *event, struct pool *pool)
{
    if (__builtin_expect(payloadjson_is_payload(format->state.format), 1)) {
        return event;
    }
    if (json->made) {
        return json->stopped ? NULL : &json->event;
    }
    return payloadjson_make(json, format, event, pool);
}

#endif
