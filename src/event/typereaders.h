/*
 * typereaders: texts and numbers as values of a field's type, as liberally as people write them.
 *
 * What a path finds in a payload and what a function returns is read by the same two functions of a type: one
 * for a text, one for a number in the syntax of JSON. fieldtypes.c has them in the type's row.
 *
 * Texts need no NUL behind them. What a cell refers to is in the pool.
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
 * "us", "ns", or a format (event/timeformat.h), which must live as long. False: `*problem` says what is
 * wrong. */
bool typereader_set_time(struct field_type *type, const char *unit, const char **problem);

#endif
