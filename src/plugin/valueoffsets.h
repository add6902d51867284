/*
 * valueoffsets: where the values that were extracted stand in the current event, for hosts that ask.
 *
 * A payload of a format that is not JSON is read a second time for that: nothing is done before a host
 * asks.
 *
 * Owner: the arrays lie in the extraction's pool. Not thread safe: callers hold the state's lock.
 */
#ifndef LURE_PLUGIN_VALUEOFFSETS_H
#define LURE_PLUGIN_VALUEOFFSETS_H

#include "event/value.h"
#include "plugin/extraction.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Where the values of `value` (VALUE_PRESENT, of the current event) stand in the whole event, one pair
 * each; 0 and 0 where that is not known. The arrays are valid until the event changes. False: out of memory.
 */
bool valueoffsets_find(struct extraction *extraction, const struct value *value, uint32_t **starts,
                       uint32_t **lengths);

#endif
