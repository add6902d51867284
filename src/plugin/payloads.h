/*
 * payloads: adds what `next`, or an iterator, returned to the batch, as events.
 *
 * A payload is a string or an integer; a list has payloads, or { payload, ns, cursor } where one has a
 * time or a cursor of its own. Payloads for which the batch has no room wait in the instance for the next
 * batch.
 *
 * Shared by advance.c, emit.c, nextbatch.c and payloads.c and by no one else. Where the values of a call
 * stand on the stack, enum payload_index says.
 */
#ifndef LURE_PLUGIN_PAYLOADS_H
#define LURE_PLUGIN_PAYLOADS_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct instance;

/* Where the values are that the calls of `next` need and return. */
enum payload_index { FUNCTION = 2, SELF, PAYLOAD, TIME, CURSOR };

/* The outcome of one call of `next`. */
enum step { STEP_PAYLOADS, STEP_FULL, STEP_TIMEOUT, STEP_END };

/* Copies a payload into the batch. False: it is too large, has no room any more, or memory is out. */
bool payloads_copy(struct instance *instance, const char *payload, size_t size, uint64_t ts);

/* The time behind the payload; throws where it is none. Stack: unchanged */
uint64_t payloads_time_lj(lua_State *L, const struct instance *instance);

/* Adds the payload, or the list of them, at PAYLOAD, or throws; what comes behind a bad one of a list is
 * added with the next batch. Stack: unchanged but for more behind it */
enum step payloads_add_lj(lua_State *L, struct instance *instance, uint64_t ts);

/* Adds payloads that had no room in the last batch. Stack: [calls, function, self] -> [..., value] */
enum step payloads_add_waiting_lj(lua_State *L, struct instance *instance);

/* Adds what emit was given, or throws. False: it does not fit any more. Stack: [payload, time, ...] unchanged
 */
bool payloads_emit_lj(lua_State *L, struct instance *instance);

#endif
