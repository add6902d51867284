/*
 * writers: the functions of formats.def, each in a file with the name of its format.
 */
#ifndef LURE_FORMAT_WRITERS_H
#define LURE_FORMAT_WRITERS_H

#include "format/format.h"

/* `key=value key="value" key`, as text/logfmt.h reads it: /KEY; true for a key alone. */
format_writer logfmt_write;

/* The first record, as text/csv.h reads it: /COLUMN, or /0, /1, ... where a column has no name. A record that
 * repeats the names of the columns is a header, and gives nothing. */
format_writer csv_write;

/* The access logs of Apache and nginx, "common" too: /client /ident /user /time /request /method /target
 * /protocol /status /bytes /referer /agent. A `-` stands for nothing. Escapes as both write them. */
format_writer combined_write;

#endif
