/*
 * listener: what lure.net.listen returns: a socket that receives messages, or accepts connections.
 *
 * Methods: datagrams(), serve(f [, options]), port(), address(), lost(), close(). A variable to be closed.
 * Its descriptor is closed, and the file of a unix socket removed, by close, when it is collected, and with
 * the group of the task that made it.
 */
#ifndef LURE_MODULES_LISTENER_H
#define LURE_MODULES_LISTENER_H

#include "modules/connection.h"
#include "modules/descriptor.h"
#include "modules/log.h"
#include "net/datagrams.h"
#include "net/endpoint.h"
#include "net/sockets.h"
#include "tls/config.h"

#include <lua.h>
#include <stdint.h>

/* Texts of the senders of the last messages: many come from one. */
#define LISTENER_SENDERS 16

struct listener {
    struct descriptor descriptor;
    struct task_resource resource;
    struct endpoint address; /* as it was asked for */
    struct socket_file file;
    struct connection_count count; /* of those that were accepted */
    struct log *log;
    struct datagrams *datagrams; /* in a user value, once they are received */
    size_t longest;              /* of a message, or a line */
    struct tls_config *tls;      /* of its connections, or NULL */
    uint64_t lost;
    uint64_t truncated;
    struct {
        struct sockaddr_storage address;
        socklen_t length; /* 0: none */
    } senders[LISTENER_SENDERS];
};

/* Makes the metatable, once a state; `serve` is the method `serve` (modules/serve.h). Stack: [] -> [] */
void listener_prepare_lj(lua_State *L, lua_CFunction serve);

/* A closed listener. Stack: [] -> [listener] */
struct listener *listener_new_lj(lua_State *L, struct log *log);

/* It has its socket in the running task's group. */
void listener_begin(lua_State *L, struct listener *listener, int fd);

/* The listener at 1. */
struct listener *listener_check_lj(lua_State *L);

static inline bool listener_is_closed(const struct listener *listener)
{
    return descriptor_number(&listener->descriptor) < 0;
}

#endif
