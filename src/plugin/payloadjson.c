#include "plugin/payloadjson.h"

#include "base/clock.h"
#include "script/interruption.h"

/* May a match take longer? */
static bool go_on(void *owner)
{
    const struct payload_format *format = owner;

    return clock_now(CLOCK_MONOTONIC) < format->deadline && interruption_count() == format->interruption;
}

bool payloadjson_open(struct payload_format *payload, const struct format *format, double seconds,
                      struct memory_budget *budget)
{
    payload->seconds = seconds;
    return format_open(&payload->state, format, go_on, payload, budget);
}

void payloadjson_close(struct payload_format *payload)
{
    format_close(&payload->state);
}

const struct event *payloadjson_make(struct payload_json *json, struct payload_format *format,
                                     const struct event *event, struct pool *pool)
{
    struct format_text text = {event->data, 0};
    enum format_result result = FORMAT_DONE;

    if (event->has_payload) {
        format->deadline = clock_now(CLOCK_MONOTONIC) + (int64_t)(format->seconds * (double)CLOCK_SECOND);
        format->interruption = interruption_count();
        result = format_to_json(&format->state, event->data, event->size, pool, &text);
    }
    *json = (struct payload_json){
        .made = result != FORMAT_NO_MEMORY,
        .stopped = result == FORMAT_STOPPED,
        .event = {.data = text.data, .size = text.size, .has_payload = event->has_payload},
    };
    return result == FORMAT_DONE ? &json->event : NULL;
}
