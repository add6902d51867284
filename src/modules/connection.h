/*
 * connection: what lure.net.connect returns, and what the function of listener:serve gets: a connected
 * stream.
 *
 * Methods: lines(), read([how]), write(text), close(); `peer`, the other end's address. A userdata that
 * begins with its bytestream, a variable to be closed. Its descriptor is closed by close, when it is
 * collected, and with the group of the task that made it.
 */
#ifndef LURE_MODULES_CONNECTION_H
#define LURE_MODULES_CONNECTION_H

#include "modules/bytestream.h"
#include "modules/descriptor.h"
#include "net/transport.h"
#include "tls/config.h"

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

/* Of those that a listener has accepted, which they keep. */
struct connection_count {
    int open;
    struct task_queue below; /* waits until there are fewer */
};

struct connection {
    struct bytestream stream;
    struct descriptor descriptor;
    struct transport transport;
    struct task_resource resource;
    struct connection_count *count; /* NULL: it is in none */
    int64_t idle;                   /* ns that a read or write may wait; DEADLINE_NONE */
    int64_t due;                    /* when the present wait to read ends */
    bool writing;                   /* a task is in the middle of a text */
    bool torn;                      /* one was written in part, and there was no memory to go on */
};

/* Makes the metatable, once a state. Stack: [] -> [] */
void connection_prepare_lj(lua_State *L);

/* A closed connection of the running task's group. Stack: [] -> [connection] */
struct connection *connection_new_lj(lua_State *L, int64_t idle, size_t longest);

/* It gets its socket; `peer` is shown. Stack: [connection] unchanged */
void connection_begin_lj(lua_State *L, struct connection *connection, int fd, const char *peer);

/* Right after that: it speaks TLS. `name`: whom a client wants to talk to; NULL for a server. Throws where
 * memory is out. */
void connection_secure_lj(lua_State *L, struct connection *connection, struct tls_config *config,
                          const char *name);

/* It counts from now on, until it is closed. What `count` lies in is at the top. Stack: [connection,
 * listener] -> [connection] */
void connection_count_lj(lua_State *L, struct connection *connection, struct connection_count *count);

/* Who is at the other end of the one at `index`. Stack: [] -> [text or nil] */
void connection_push_peer_lj(lua_State *L, int index);

void connection_close(lua_State *L, struct connection *connection);

#endif
