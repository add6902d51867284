/*
 * typereaders: parse texts and JSON numbers into values of a field's type, tolerant of the ways in which
 * people write them.
 *
 * Each field type has two readers in its row of fieldtypes.def: one for texts, one for numbers in the syntax
 * of JSON. The same readers are used for values found in a payload by a path and for values returned by a
 * script's function.
 *
 * Texts need not end with NUL. What a cell (the value as the plugin API lays it out) points to is in the
 * pool.
 */
#ifndef LURE_EVENT_TYPEREADERS_H
#define LURE_EVENT_TYPEREADERS_H

#include "base/pool.h"
#include "event/fieldtypes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

type_reader typereader_string;  /* any text */
type_reader typereader_digits;  /* digits, leading zeros too, up to 2^64-1 */
type_reader typereader_integer; /* a number that is an integer up to 2^64-1: 33, 33.0, 1e3 */
type_reader typereader_bool;    /* true, false */
type_reader typereader_time;    /* RFC 3339 and its relatives, or digits: nanoseconds */
type_reader typereader_address; /* an address; also in brackets, with a port, with a zone */
type_reader typereader_network; /* that, or a network: the address before the "/" */

/* Makes `type`, a copy of the row of reltime or abstime, read times in another way: `unit` is "s", "ms",
 * "us", "ns", or a format (time/parseformat.h), which must live as long. False: `*problem` says what is
 * wrong. */
bool typereader_set_time(struct field_type *type, const char *unit, const char **problem);

#endif
