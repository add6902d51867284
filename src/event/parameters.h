/*
 * parameters: what an event carries, by the event table: `event.param.NAME`, `event.param[1]`.
 *
 * An event comes from a kernel or a capture file and may say anything: nothing outside it is
 * read. Where the lengths of its parameters do not fit into it, it has none, as in libscap; one
 * whose length does not fit its type is absent. So is one that an older capture does not have.
 *
 * As Lua values: integers, flags too, as integers (above 2^63-1 their digits); texts and bytes
 * as strings; lists of texts and of { fd, flags } as lists; an address as
 * { family = "inet" or "inet6", ip, port } or { family = "unix", path }; a socket's two ends as
 * { family, source = { ip, port }, destination = { ip, port } }, or, of unix sockets, as
 * { family = "unix", source, destination, path } with the kernel's addresses of the ends as
 * "0x…". A family that is none of these is its number. A dynamic parameter is what its first byte
 * says; one that libsinsp itself makes ({ name, value } of tracers) is absent.
 */
#ifndef LURE_EVENT_PARAMETERS_H
#define LURE_EVENT_PARAMETERS_H

#include "event/event.h"
#include "event/eventtable.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/* The bytes of parameter `number`, from 0. False: the event does not have it, or its lengths do not add up;
 * what is at `bytes` and `length` then means nothing. */
bool parameter_bytes(const struct event *event, uint32_t number, const unsigned char **bytes, size_t *length);

/* Pushes a parameter of the type, or nil. Stack: [] -> [value] */
void parameter_push_lj(lua_State *L, enum parameter_type type, const unsigned char *bytes, size_t length);

/* Pushes what `event.param[key]` is: the key is at `index`. Nil for what other types of the same
 * event name have: the exit has more than the enter. Throws for names that none of them has.
 * Stack: [] -> [value] */
void parameter_push_named_lj(lua_State *L, const struct event *event, int index);

#endif
