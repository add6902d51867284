/*
 * event: an event that the host passes to the plugin, and the Lua object through which a script reads it.
 *
 * A `struct event` points into the host's memory and is valid only during the call of the host. One Lua
 * object is created for each Lua state and reused for all events; a script can read it only while a callback
 * that received it runs, and gets an error otherwise.
 *
 * Not thread safe: callers hold the state's lock.
 */
#ifndef LURE_EVENT_EVENT_H
#define LURE_EVENT_EVENT_H

#include "lua/eval.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers of the types that plugins write (PPME_PLUGINEVENT_E and PPME_ASYNCEVENT_E in libscap). */
#define EVENT_TYPE_PLUGIN 322
#define EVENT_TYPE_ASYNC  402

struct event {
    const void *data;         /* the payload of a plugin event, the data of an async event; never NULL */
    size_t size;              /* of the payload, in bytes; 0 where there is none */
    bool has_payload;         /* it is a plugin or async event */
    uint64_t num;             /* from 1 in libsinsp; other hosts may pass 0 */
    uint64_t ts;              /* nanoseconds since the epoch */
    int64_t tid;              /* -1 where there is none */
    uint16_t type;            /* libscap's number; see eventtable.h */
    uint32_t parameters;      /* how many there are */
    const unsigned char *raw; /* all of it, header included, not aligned; NULL: plugin API 0.3.0 */
    size_t raw_size;
    const char *source; /* name of the event source, or NULL */
    const void *where;  /* the host's own structure, or what stands for it */
    bool bare;          /* shown without number and time (event_to_string of the plugin API 0.3.0) */
};

/* The script's value for a key of the event object, except `param`. False: no such key. Texts point into the
 * event. */
bool event_get(const void *event, const char *key, struct eval_value *value);

struct event_object {
    const struct event *event; /* shown now, or NULL */
    uint64_t shown;            /* number of the event shown, counted from 1 */
    uint64_t text;             /* the event whose payload is kept as a Lua string */
    int place;                 /* where that is kept at the bottom of Lua's stack (lua/fastapi.h) */
};

/* Makes the object of this state. Stack: [] -> [object]. Its memory is Lua's. */
struct event_object *event_object_new_lj(lua_State *L);

#endif
