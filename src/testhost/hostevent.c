#include "testhost/hostevent.h"

#include "base/clock.h"
#include "v3/abi.h"

#include <string.h>

uint64_t event_now(void)
{
    return (uint64_t)clock_now(CLOCK_REALTIME);
}

bool event_read(struct event *event, const void *memory)
{
    const unsigned char *bytes = memory;
    ss_plugin_event header;
    uint32_t lengths[2];

    memcpy(&header, memory, sizeof header);
    event->header = bytes;
    event->length = header.len;
    event->type = header.type;
    event->ts = header.ts;
    event->tid = header.tid;
    if (header.type != PPME_PLUGINEVENT_E)
        return header.len >= sizeof header;
    if (header.len < PLUGIN_EVENT_PAYLOAD_OFFSET || header.nparams != 2)
        return false;
    memcpy(lengths, bytes + sizeof header, sizeof lengths);
    if (lengths[0] != sizeof event->plugin_id || lengths[1] != header.len - PLUGIN_EVENT_PAYLOAD_OFFSET)
        return false;
    memcpy(&event->plugin_id, bytes + sizeof header + sizeof lengths, sizeof event->plugin_id);
    event->payload = bytes + PLUGIN_EVENT_PAYLOAD_OFFSET;
    event->size = lengths[1];
    return true;
}

/* Room for so many bytes in event->memory. */
static unsigned char *event_room(struct event *event, size_t length)
{
    if (event->memory.data != NULL && event->memory.size >= length)
        return event->memory.data;
    return guard_take(&event->memory, length);
}

bool event_write_bytes(struct event *event, const void *bytes, size_t length)
{
    ss_plugin_event header;
    unsigned char *to;

    if (length < sizeof header)
        return false;
    memcpy(&header, bytes, sizeof header);
    to = header.len == length ? event_room(event, length) : NULL;
    if (to == NULL)
        return false;
    memcpy(to, bytes, length);
    return event_read(event, to);
}

bool event_write(struct event *event, const struct event_parameter *parameters, uint32_t count, bool wide)
{
    size_t width = wide ? sizeof(uint32_t) : sizeof(uint16_t);
    size_t length = sizeof(ss_plugin_event) + count * width;
    ss_plugin_event header = {.ts = event->ts, .tid = event->tid, .type = event->type, .nparams = count};
    unsigned char *to;

    for (uint32_t i = 0; i < count; i++)
        length += parameters[i].size;
    if (length > UINT32_MAX)
        return false;
    to = event_room(event, length);
    if (to == NULL)
        return false;
    header.len = (uint32_t)length;
    memcpy(to, &header, sizeof header);
    to += sizeof header;
    for (uint32_t i = 0; i < count; i++, to += width) {
        uint32_t size = (uint32_t)parameters[i].size;
        uint16_t narrow = (uint16_t)size;
        memcpy(to, wide ? (void *)&size : (void *)&narrow, width);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (parameters[i].size > 0)
            memcpy(to, parameters[i].data, parameters[i].size);
        to += parameters[i].size;
    }
    return event_read(event, event->memory.data);
}

bool event_copy(struct event *copy, const struct event *event)
{
    struct event_parameter parameters[2] = {{&event->plugin_id, sizeof event->plugin_id},
                                            {event->payload, event->size}};
    ss_plugin_event header;
    unsigned char *to;

    *copy = *event;
    memset(&copy->memory, 0, sizeof copy->memory);
    copy->instance = NULL;
    copy->gone = false;
    if (event->type == PPME_PLUGINEVENT_E)
        return event_write(copy, parameters, 2, true);
    to = guard_copy(&copy->memory, event->header, event->length);
    if (to == NULL)
        return false;
    memcpy(&header, to, sizeof header);
    header.ts = event->ts;
    header.tid = event->tid;
    memcpy(to, &header, sizeof header);
    return event_read(copy, to);
}
