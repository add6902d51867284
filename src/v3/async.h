/*
 * v3/async: asynchronous events, which a script emits at any time, independent of its event source.
 *
 * `lure.emit(name, data [, { ts, tid }])`, in any callback, passes one event to the host's handler, which
 * copies it. The script's `async(emit)` is called at intervals, as a background task, which may wait. If
 * there is no handler, or it fails, emit returns nil and the error, which is also logged.
 */
#ifndef LURE_V3_ASYNC_H
#define LURE_V3_ASYNC_H

#include "plugin/repeated.h"
#include "v3/abi.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

struct handle;

/* A way to emit events: the host's handler, and a buffer for building an event. */
struct emitter {
    struct handle *handle;
    ss_plugin_owner_t *owner;
    ss_plugin_async_event_handler_t handler; /* NULL: nobody takes events now */
    unsigned char *event;
    size_t room;
};

struct async {
    struct emitter emitter; /* of set_async_event_handler */
    struct emitter dumper;  /* of dump_state, while it runs */
    struct repeated calls;  /* of `async` */
    bool open;              /* `calls` is: `async` has begun, and was not ended yet */
    bool over;              /* `async` has returned false */
};

/* Lets the script call lure.emit. Stack: unchanged */
void async_open_lj(lua_State *L, struct handle *handle);

/* For a hot reload: ends `async` in the script that runs; and begins with it where it does not go on. */
void async_close(struct handle *handle);
void async_go_on(struct handle *handle, bool swapped);

/* For destroy: no more events are emitted, and `async` is not called any more. Called without the lock. */
void async_stop(struct handle *handle);

#endif
