/*
 * parameters: reads the parameters of kernel events, as the event table describes them: `event.param.NAME`,
 * `event.param[1]`.
 *
 * Events come from a kernel or a capture file and are not trusted: nothing outside of the event is read. If
 * the lengths of the parameters exceed the event, it has none, as in libscap; a parameter whose length does
 * not match its type, or which an older capture does not have, is nil.
 *
 * As Lua values: integers and flags are integers (above 2^63-1 a string of digits); texts and bytes are
 * strings; lists of texts and of { fd, flags } are lists; an address is { family = "inet" or "inet6", ip,
 * port } or { family = "unix", path }; the two ends of a socket are { family, source = { ip, port },
 * destination = { ip, port } }, or, for unix sockets, { family = "unix", source, destination, path } with
 * the kernel's addresses of the ends as "0x…". Any other family is its number. A dynamic parameter has the
 * type that its first byte tells; one that libsinsp itself makes ({ name, value } of tracers) is nil.
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
