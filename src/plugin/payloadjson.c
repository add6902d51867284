#include "plugin/payloadjson.h"

const struct event *payloadjson_make(struct payload_json *json, const struct format *format,
                                     const struct event *event, struct pool *pool)
{
    struct format_text text = {event->data, 0};

    if (event->has_payload && !format_to_json(format, event->data, event->size, pool, &text)) {
        return NULL;
    }
    payloadjson_set(json, text.data, text.size);
    json->event.has_payload = event->has_payload;
    return &json->event;
}
