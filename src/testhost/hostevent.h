/*
 * hostevent: an event as the host has it: of a plugin's batch, or made by the host.
 *
 * An event of a plugin points into the plugin's memory, and is gone with the next batch. One of the host has
 * its own memory, which ends at an unmapped page. In API 3 both have libscap's layout; API 0 has only
 * payload and time.
 */
#ifndef LURE_TESTHOST_HOSTEVENT_H
#define LURE_TESTHOST_HOSTEVENT_H

#include "testhost/guardpage.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EVENT_TYPE_PLUGIN 322

struct instance;

struct event {
    const unsigned char *header; /* the whole event in libscap's layout; NULL for one of an API 0 batch */
    size_t length;               /* of all of it */
    const unsigned char *payload;
    size_t size; /* of the payload; 0 where it is no plugin event */
    uint64_t ts, tid, num;
    uint16_t type;
    uint32_t plugin_id;
    bool any_plugin;    /* no plugin id was given: any plugin that is asked takes it as its own */
    const char *source; /* NULL: that of the plugin asked; borrowed */

    struct instance *instance; /* whose batch it is in; NULL: the host's own */
    uint64_t batch;
    struct guard memory; /* of the host's own */
    bool gone;           /* its memory was given to another event */
};

/* One parameter of an event to be made. */
struct event_parameter {
    const void *data;
    size_t size;
};

/*
 * Writes an event of event->type, ts, tid with the parameters into event->memory and sets the
 * pointers. `wide`: their lengths take 4 bytes, as plugin and async events have them, else 2.
 * Memory already there is used from its beginning if that suffices. False: out of memory.
 */
bool event_write(struct event *event, const struct event_parameter *parameters, uint32_t count, bool wide);

/* The same with a whole event in libscap's layout, of `length` bytes. False: out of memory, or it is
 * malformed. */
bool event_write_bytes(struct event *event, const void *bytes, size_t length);

/* Makes a host's copy of `event`, byte by byte, with its current number, time and thread. False: out of
 * memory. */
bool event_copy(struct event *copy, const struct event *event);

/* Reads pointers, payload and numbers out of a whole event in libscap's layout. False: it is malformed. */
bool event_read(struct event *event, const void *header);

/* The host's clock, in nanoseconds since the epoch, for events without a time. */
uint64_t event_now(void);

#endif
